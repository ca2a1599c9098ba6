using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Inference.Models.Imaging;

namespace Inference.Models.Tests.Imaging;

/// <summary>
/// Files under Imaging/Data: images and what Pillow and transformers make of them (make_corpus.py, make_processor_cases.py).
/// </summary>
internal static class ImagingData
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Imaging", "Data");

    public static byte[] Corpus(string name) => File.ReadAllBytes(Path.Combine(Folder, "corpus", name));

    public static byte[] Golden(string name) => File.ReadAllBytes(Path.Combine(Folder, "golden", name));

    public static IEnumerable<string> CorpusNames() =>
        Directory.GetFiles(Path.Combine(Folder, "corpus")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Sha256(ReadOnlySpan<float> values) => Sha256(MemoryMarshal.AsBytes(values));

    /// <summary>The pattern that make_processor_cases.py draws.</summary>
    public static RgbImage Drawn(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 3; c++)
                    pixels[at++] = (byte)(x * x * 3 + y * y * 5 + x * y * 7 + (x >> 2) * (y >> 1) + c * 61);
            }
        }
        return new RgbImage(width, height, pixels);
    }
}
