using System.Text.Json;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging;

public sealed class ImageDecoderTests
{
    private static readonly JsonElement Facts = ImagingData.Json("corpus.json");

    public static TheoryData<string> Names() => new(ImagingData.CorpusNames());

    [Theory]
    [MemberData(nameof(Names))]
    public void Stored_pixels_equal_those_of_Pillow(string name)
    {
        var facts = Facts.GetProperty(name);
        var image = ImageDecoder.Decode(ImagingData.Corpus(name), applyExifOrientation: false);

        Assert.Equal((facts.GetProperty("width").GetInt32(), facts.GetProperty("height").GetInt32()), (image.Width, image.Height));
        Assert.Equal(facts.GetProperty("stored").GetString(), ImagingData.Sha256(image.Pixels));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Upright_pixels_equal_those_of_Pillows_exif_transpose(string name)
    {
        var facts = Facts.GetProperty(name);
        var image = ImageDecoder.Decode(ImagingData.Corpus(name));

        Assert.Equal(facts.GetProperty("upright_width").GetInt32(), image.Width);
        Assert.Equal(facts.GetProperty("upright").GetString(), ImagingData.Sha256(image.Pixels));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_header_alone_gives_the_size_that_decoding_gives(string name)
    {
        byte[] encoded = ImagingData.Corpus(name);
        foreach (bool upright in new[] { false, true })
        {
            var info = ImageDecoder.ReadHeader(encoded, applyExifOrientation: upright);
            var image = ImageDecoder.Decode(encoded, applyExifOrientation: upright);
            Assert.Equal((image.Width, image.Height), (info.Width, info.Height));
        }
    }

    [Fact]
    public void Every_corpus_file_has_expected_values() =>
        Assert.Equal(ImagingData.CorpusNames(), Facts.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("exif-1.jpg", 1)]
    [InlineData("exif-6.jpg", 6)]
    [InlineData("exif-6.png", 6)]
    [InlineData("exif-3.webp", 3)]
    [InlineData("exif-none.jpg", 1)]
    public void The_orientation_is_read_from_every_format(string name, int orientation) =>
        Assert.Equal(orientation, ImageDecoder.ReadHeader(ImagingData.Corpus(name)).Orientation);

    [Theory]
    [InlineData("png-animated.png", true)]
    [InlineData("webp-animated.webp", true)]
    [InlineData("webp-lossy-alpha.webp", false)]
    [InlineData("png-photo.png", false)]
    public void Animations_are_told_from_stills(string name, bool animated) =>
        Assert.Equal(animated, ImageDecoder.ReadHeader(ImagingData.Corpus(name)).Animated);

    [Fact]
    public void Threads_decode_beside_each_other()
    {
        string[] names = ["jpg-420.jpg", "png-photo.png", "webp-lossy.webp", "jpg-cmyk.jpg", "png-grey16.png"];
        var digests = names.Select(n => Facts.GetProperty(n).GetProperty("stored").GetString()).ToArray();
        var encoded = names.Select(ImagingData.Corpus).ToArray();
        int equal = 0;
        Parallel.For(0, 200, i =>
        {
            var image = ImageDecoder.Decode(encoded[i % names.Length], applyExifOrientation: false);
            if (ImagingData.Sha256(image.Pixels) == digests[i % names.Length])
                Interlocked.Increment(ref equal);
        });
        Assert.Equal(200, equal);
    }

    [Fact]
    public void The_native_decoders_are_installed() => Assert.Empty(NativeCodecs.MissingPackages());
}
