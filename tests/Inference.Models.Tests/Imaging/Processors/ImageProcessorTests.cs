using System.Text;
using System.Text.Json;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging.Processors;

public sealed class ImageProcessorTests
{
    [Fact]
    public void Pixel_values_have_the_bits_of_transformers_for_every_configuration()
    {
        foreach (var expected in ImagingData.Json("processors.json").EnumerateArray())
        {
            var image = ImagingData.Drawn(expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32());
            Check(expected, image);
        }
    }

    [Fact]
    public void Pixel_values_of_the_golden_checkpoints_are_equal()
    {
        var cases = ImagingData.Json("goldens.json");
        Assert.True(cases.GetArrayLength() >= 12);
        foreach (var expected in cases.EnumerateArray())
            Check(expected, ImageDecoder.Decode(ImagingData.Golden(expected.GetProperty("image").GetString()!)));
    }

    private static void Check(JsonElement expected, RgbImage image)
    {
        var processor = ImageProcessor.FromJson(Encoding.UTF8.GetBytes(expected.GetProperty("config").GetRawText()));

        var plan = processor.Plan(image.Width, image.Height);
        var values = processor.Process(image);

        string name = $"{image.Width}x{image.Height} {expected.GetProperty("config").GetRawText()}";
        int[] shape = [values.Tiles, values.Channels, values.Height, values.Width];
        Assert.True(
            expected.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).SequenceEqual(shape),
            $"{name}: [{string.Join(',', shape)}]");
        Assert.Equal((values.Tiles, values.Height, values.Width), (plan.Tiles, plan.Height, plan.Width));
        Assert.Equal((image.Height, image.Width), values.OriginalSize);
        Assert.True(expected.GetProperty("sha256").GetString() == ImagingData.Sha256(values.Data), name);
    }
}
