using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Cli.Benchmarks;

/// <summary>What to measure.</summary>
/// <param name="Folder">A model folder or GGUF file, unless <paramref name="Random"/> is given.</param>
/// <param name="Random">The shape of a model of random weights.</param>
/// <param name="Format">How random weights are stored.</param>
/// <param name="Weights">How matrices are held; null: as they are stored.</param>
/// <param name="Threads">0: one per processor.</param>
/// <param name="PromptTokens">Length of the prompt.</param>
/// <param name="DecodeTokens">Tokens to generate.</param>
internal sealed record BenchSettings(
    string? Folder, DecoderShape? Random, NumberFormat Format, NumberFormat? Weights, int Threads, int PromptTokens, int DecodeTokens)
{
    /// <summary>The GGUF file of the image side; null: the one in the folder, if any.</summary>
    public string? Mmproj { get; init; }
}

