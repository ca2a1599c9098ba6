using Inference.Compute;
using Inference.Models.Decoders;
using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

/// <summary>A file of random weights that is small enough to be damaged thousands of times.</summary>
internal static class SmallGguf
{
    public static DecoderShape Shape { get; } = new()
    {
        Vocabulary = 160,
        Width = 32,
        Intermediate = 64,
        Layers = 1,
        Heads = 4,
        KvHeads = 2,
        HeadDim = 8,
        NormEpsilon = 1e-5f,
    };

    public static string Write(string folder, NumberFormat weights = NumberFormat.Int8)
    {
        var path = Path.Combine(folder, "small.gguf");
        GgufExporter.ExportRandom(Shape, weights, contextLength: 64, path);
        return path;
    }
}
