using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

/// <summary>A folder with the two GGUF files of a model.</summary>
internal static class MmprojFiles
{
    public const string Decoder = "model.gguf";
    public const string ImageSide = "mmproj-model.gguf";

    public static void Export(Checkpoint checkpoint, string folder)
    {
        GgufExporter.Export(checkpoint, weights: null, Path.Combine(folder, Decoder));
        MmprojExporter.Export(checkpoint, Path.Combine(folder, ImageSide));
    }
}
