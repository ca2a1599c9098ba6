using Inference.Models.Imaging;
using Inference.Models.Imaging.Formats;

namespace Inference.Models.Tests.Imaging;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 17)]
    [InlineData(33, 5)]
    [InlineData(300, 200)]
    public void What_is_written_is_read_again(int width, int height)
    {
        var random = new Random(width * height);
        var pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        var read = ImageDecoder.Decode(PngEncoder.Encode(new RgbImage(width, height, pixels)));
        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(pixels, read.Pixels);
    }
}
