using System.Buffers.Binary;
using System.Text;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging;

public sealed class ImageRefusalTests
{
    private static ImageException Refusal(byte[] encoded, ImageLimits? limits = null)
    {
        var byHeader = Assert.Throws<ImageException>(() => ImageDecoder.ReadHeader(encoded, limits));
        var byDecoding = Assert.Throws<ImageException>(() => ImageDecoder.Decode(encoded, limits));
        Assert.Equal(byHeader.Message, byDecoding.Message);
        return byHeader;
    }

    [Theory]
    [InlineData("GIF89a\u0001\0\u0001\0")]
    [InlineData("BM6\0\0\0\0\0\0\0")]
    [InlineData("II*\0\b\0\0\0")]
    [InlineData("RIFF\u0010\0\0\0WAVEfmt ")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("x")]
    public void Other_formats_are_refused_and_the_allowed_ones_named(string data)
    {
        var error = Refusal(Encoding.Latin1.GetBytes(data));
        Assert.Equal(ImageError.UnknownFormat, error.Error);
        Assert.Contains("JPEG, PNG and WebP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_image_is_truncated() => Assert.Equal(ImageError.Truncated, Refusal([]).Error);

    [Theory]
    [InlineData("jpg-420.jpg")]
    [InlineData("jpg-progressive-444.jpg")]
    [InlineData("png-photo.png")]
    [InlineData("png-animated.png")]
    [InlineData("webp-lossy.webp")]
    [InlineData("webp-lossless-alpha.webp")]
    [InlineData("webp-animated.webp")]
    public void A_file_cut_anywhere_is_truncated(string name)
    {
        byte[] whole = ImagingData.Corpus(name);
        for (int length = 12; length < whole.Length; length += 1 + whole.Length / 97)
            Assert.Equal(ImageError.Truncated, Refusal(whole[..length]).Error);
    }

    [Fact]
    public void Pixels_that_the_header_promises_cost_no_memory_when_refused()
    {
        byte[] huge = ImagingData.Corpus("png-1x1.png");
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 16_000);
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(20), 16_000);
        _ = Refusal(huge);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Refusal(huge);
        long spent = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(ImageError.TooLarge, error.Error);
        Assert.InRange(spent, 0, 100_000);
    }

    [Fact]
    public void Every_cap_is_checked()
    {
        byte[] photo = ImagingData.Corpus("png-photo.png"); // 61x47
        Assert.Equal(ImageError.TooLarge, Refusal(photo, new ImageLimits { MaxBytes = photo.Length - 1 }).Error);
        Assert.Equal(ImageError.TooLarge, Refusal(photo, new ImageLimits { MaxPixels = 61 * 47 - 1 }).Error);
        Assert.Equal(ImageError.TooLarge, Refusal(photo, new ImageLimits { MaxSide = 60 }).Error);
        Assert.Equal(ImageError.AspectRatio, Refusal(photo, new ImageLimits { MaxAspectRatio = 1.25 }).Error);

        var exact = new ImageLimits { MaxBytes = photo.Length, MaxPixels = 61 * 47, MaxSide = 61, MaxAspectRatio = 1.3 };
        Assert.Equal(61, ImageDecoder.Decode(photo, exact).Width);
    }

    [Theory]
    [InlineData(0, 12, "12 bits per sample")]
    [InlineData(5, 2, "2 colour components")]
    [InlineData(-3, 0xC3, "lossless")]
    public void Variants_of_JPEG_that_are_not_decoded_are_named(int offset, byte value, string named)
    {
        byte[] jpeg = ImagingData.Corpus("jpg-444.jpg");
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 4; // sample precision
        jpeg[frame + offset] = value;

        var error = Refusal(jpeg);
        Assert.Equal(ImageError.Unsupported, error.Error);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_scans_are_refused_before_any_is_decoded()
    {
        byte[] jpeg = ImagingData.Corpus("jpg-progressive-420.jpg");
        int scan = jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] last = jpeg[scan..^2];
        byte[] bomb = [.. jpeg[..scan], .. Enumerable.Repeat(last, 3000).SelectMany(s => s), .. jpeg[^2..]];

        Assert.Contains("scans", Refusal(bomb).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("png-rgb8.png")]
    [InlineData("webp-lossy.webp")]
    [InlineData("webp-lossless.webp")]
    public void Damaged_pixel_data_is_corrupt_and_the_message_is_our_own(string name)
    {
        byte[] damaged = ImagingData.Corpus(name);
        damaged.AsSpan(damaged.Length / 2, damaged.Length / 4).Fill(0xA5);
        // WebP survives anything but damage to its tables, right behind the headers.
        if (name.StartsWith("webp", StringComparison.Ordinal))
            damaged.AsSpan(30, 100).Fill(0xFF);

        var error = Assert.Throws<ImageException>(() => ImageDecoder.Decode(damaged));
        Assert.Equal(ImageError.Corrupt, error.Error);
        Assert.StartsWith("The image is corrupt: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_decoder_names_the_package_to_install()
    {
        var error = Assert.Throws<ImageException>(() =>
            NativeCodecs.Call("libspng.so.0", "libspng0", () => throw new DllNotFoundException("not here")));
        Assert.Equal(ImageError.MissingLibrary, error.Error);
        Assert.Contains("apt-get install libspng0", error.Message, StringComparison.Ordinal);
    }
}
