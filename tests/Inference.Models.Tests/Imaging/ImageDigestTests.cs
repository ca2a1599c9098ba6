using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging;

public sealed class ImageDigestTests
{
    [Fact]
    public void The_digest_of_a_file_is_its_SHA_256_in_lower_case() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ImageDigest.OfEncoded("abc"u8));

    [Fact]
    public void The_digest_of_pixels_depends_on_shape_preset_and_every_byte()
    {
        var pixels = ImagingData.Drawn(6, 4).Pixels;
        string digest = ImageDigest.OfPixels(new RgbImage(6, 4, pixels), "a");
        byte[] changed = [.. pixels];
        changed[^1] ^= 1;

        Assert.Equal(digest, ImageDigest.OfPixels(new RgbImage(6, 4, [.. pixels]), "a"));
        Assert.NotEqual(digest, ImageDigest.OfPixels(new RgbImage(4, 6, pixels), "a"));
        Assert.NotEqual(digest, ImageDigest.OfPixels(new RgbImage(6, 4, pixels), "b"));
        Assert.NotEqual(digest, ImageDigest.OfPixels(new RgbImage(6, 4, changed), "a"));
    }
}
