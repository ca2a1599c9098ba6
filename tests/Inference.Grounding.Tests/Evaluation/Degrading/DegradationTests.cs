using Inference.Grounding.Evaluation.Degrading;
using Inference.Models.Imaging;

namespace Inference.Grounding.Tests.Evaluation.Degrading;

public sealed class DegradationTests
{
    [Theory]
    [InlineData("noise", DegradationKind.Noise, 32)]
    [InlineData("noise:0.5", DegradationKind.Noise, 0.5)]
    [InlineData("blur", DegradationKind.Blur, 2)]
    [InlineData("half", DegradationKind.Half, 1)]
    [InlineData("half:3", DegradationKind.Half, 3)]
    public void Reads_what_is_asked_for(string text, DegradationKind kind, double strength) =>
        Assert.Equal(new Degradation(kind, strength), Degradation.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("fog")]
    [InlineData("noise:")]
    [InlineData("noise:-1")]
    [InlineData("noise:0")]
    [InlineData("noise:256")]
    [InlineData("blur:NaN")]
    [InlineData("half:0.5")]
    [InlineData("half:1:1")]
    public void Says_what_is_allowed(string text) =>
        Assert.Contains("allowed", Assert.Throws<FormatException>(() => Degradation.Parse(text)).Message);

    [Theory]
    [InlineData("noise")]
    [InlineData("blur")]
    [InlineData("half:2")]
    public void Keeps_the_size_and_the_mean_and_gives_the_same_pixels_again(string text)
    {
        var image = Gradient(21, 13);
        var before = (byte[])image.Pixels.Clone();
        var worse = Degradation.Parse(text).Apply(image, 7);
        Assert.Equal((21, 13), (worse.Width, worse.Height));
        Assert.NotEqual(image.Pixels, worse.Pixels);
        Assert.Equal(before, image.Pixels);
        Assert.InRange(worse.Pixels.Average(value => value) - image.Pixels.Average(value => value), -6, 6);
        Assert.Equal(worse.Pixels, Degradation.Parse(text).Apply(image, 7).Pixels);
    }

    [Fact]
    public void Blur_and_halving_leave_a_plain_image_alone()
    {
        var plain = new RgbImage(9, 9, [.. Enumerable.Range(0, 81).SelectMany(_ => (byte[])[10, 128, 250])]);
        Assert.Equal(plain.Pixels, Degradation.Parse("blur:3").Apply(plain, 0).Pixels);
        Assert.Equal(plain.Pixels, Degradation.Parse("half:2").Apply(plain, 0).Pixels);
    }

    [Fact]
    public void Noise_has_the_strength_that_was_asked_for()
    {
        var grey = new RgbImage(100, 100, [.. Enumerable.Repeat((byte)128, 30_000)]);
        var noisy = Degradation.Parse("noise:10").Apply(grey, 3).Pixels;
        Assert.InRange(Math.Sqrt(noisy.Average(value => (value - 128.0) * (value - 128.0))), 9.8, 10.2);
        Assert.NotEqual(noisy, Degradation.Parse("noise:10").Apply(grey, 4).Pixels);
    }

    [Fact]
    public void A_point_spreads_as_a_gaussian()
    {
        var point = new RgbImage(21, 21, new byte[21 * 21 * 3]);
        point.Pixels[((10 * 21) + 10) * 3] = 255;
        var blurred = Degradation.Parse("blur:1").Apply(point, 0).Pixels;
        Assert.Equal(Math.Round(255 / (2 * Math.PI)), blurred[((10 * 21) + 10) * 3], 1.0);
        Assert.Equal(Math.Round(255 / (2 * Math.PI) * Math.Exp(-0.5)), blurred[((10 * 21) + 11) * 3], 1.0);
        Assert.Equal(blurred[((10 * 21) + 11) * 3], blurred[((11 * 21) + 10) * 3]);
        Assert.Equal(0, blurred[(((10 * 21) + 10) * 3) + 1]);
    }

    [Fact]
    public void An_encoded_image_becomes_an_encoded_image()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Scenes.DemoScenes.Folder, "images", "0003.png"));
        var worse = ImageDecoder.Decode(Degradation.Parse("half").Apply(bytes, 0));
        Assert.Equal(Degradation.Parse("half").Apply(ImageDecoder.Decode(bytes), 0).Pixels, worse.Pixels);
    }

    private static RgbImage Gradient(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(40 + (i * 7 % 170)))]);
}
