using System.Diagnostics;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging;

/// <summary>Damaged images: whatever the bytes, the result is an image within the caps or the typed refusal.</summary>
public sealed class ImageFuzzTests
{
    private const int MutationsPerFile = 120;

    private static readonly ImageLimits Limits = new() { MaxPixels = 1 << 18, MaxBytes = 1 << 20 };

    public static TheoryData<string> Names() => new(ImagingData.CorpusNames());

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutations_of_the_corpus_give_an_image_or_the_typed_refusal(string name)
    {
        var random = new Random(name.Sum(c => c) * 7919);
        byte[] original = ImagingData.Corpus(name);
        byte[] other = ImagingData.Corpus("webp-animated.webp");
        for (int i = 0; i < MutationsPerFile; i++)
            Check(ImageMutation.Of(original, other, random), $"{name}, mutation {i}");
    }

    [Fact]
    public void Noise_behind_every_signature_is_refused()
    {
        var random = new Random(1);
        byte[][] signatures =
        [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "RIFF\u0040\0\0\0WEBPVP8X"u8.ToArray(),
        ];
        for (int i = 0; i < 600; i++)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            byte[] data = [.. signatures[i % 3], .. noise];
            Assert.Throws<ImageException>(() => ImageDecoder.Decode(data, Limits));
        }
    }

    private static void Check(byte[] data, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        try
        {
            var image = ImageDecoder.Decode(data, Limits);
            Assert.True((long)image.Width * image.Height <= Limits.MaxPixels, what);
        }
        catch (ImageException e)
        {
            Assert.True(e.Error != ImageError.MissingLibrary, what);
        }
        long spent = GC.GetAllocatedBytesForCurrentThread() - before;
        // Pixels, the upright copy and CMYK or 16-bit samples, then what the walk over the chunks keeps.
        Assert.True(spent <= Limits.MaxPixels * 10 + data.Length * 4 + 100_000, $"{what}: {spent} bytes");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{what}: {clock.Elapsed}");
    }
}
