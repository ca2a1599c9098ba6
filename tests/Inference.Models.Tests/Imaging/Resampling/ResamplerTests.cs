using System.Text.Json;
using Inference.Models.Imaging;
using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Tests.Imaging.Resampling;

public sealed class ResamplerTests
{
    [Fact]
    public void Every_filter_equals_Pillows_resize()
    {
        foreach (var expected in ImagingData.Json("resize.json").EnumerateArray())
        {
            int Int(string key) => expected.GetProperty(key).GetInt32();
            var (width, height, filter) = (Int("to_width"), Int("to_height"), (ResampleFilter)Int("filter"));
            var source = ImagingData.Drawn(Int("width"), Int("height"));

            var resized = Resampler.Resize(Canvas.Of(source), width, height, filter, new Window(0, 0, width, height));

            Assert.True(expected.GetProperty("sha256").GetString() == ImagingData.Sha256(resized.Pixels), expected.GetRawText());
        }
    }

    [Fact]
    public void Vectors_give_what_scalars_give_for_every_filter_window_and_padding()
    {
        var random = new Random(11);
        for (int i = 0; i < 400; i++)
        {
            var image = ImagingData.Drawn(random.Next(1, 60), random.Next(1, 60));
            int left = random.Next(0, 5), top = random.Next(0, 5);
            var canvas = new Canvas(
                image, image.Width + left + random.Next(0, 5), image.Height + top + random.Next(0, 5), left, top, new Rgb(9, 200, 77));
            int width = random.Next(4) == 0 ? canvas.Width : random.Next(1, 80),
                height = random.Next(4) == 0 ? canvas.Height : random.Next(1, 80);
            int x = random.Next(width), y = random.Next(height);
            var window = new Window(x, y, random.Next(1, width - x + 1), random.Next(1, height - y + 1));
            var filter = (ResampleFilter)random.Next(1, 6);

            var vectors = Resampler.Resize(canvas, width, height, filter, window);
            var scalars = ScalarResampler.Resize(canvas, width, height, filter);

            for (int row = 0; row < window.Height; row++)
            {
                var expected = scalars.Row(window.Y + row).Slice(window.X * 3, window.Width * 3);
                Assert.True(
                    expected.SequenceEqual(vectors.Row(row)), $"{canvas.Width}x{canvas.Height} {filter} to {width}x{height}, {window}");
            }
        }
    }

    [Fact]
    public void A_window_outside_the_resized_image_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Resampler.Resize(Canvas.Of(ImagingData.Drawn(4, 4)), 8, 8, ResampleFilter.Bicubic, new Window(4, 0, 5, 8)));
}
