using Inference.Cli.Options;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;

namespace Inference.Cli.Tracing;

/// <summary>What to trace.</summary>
/// <param name="Model">The model.</param>
/// <param name="Images">Image files, in the order of their places in the prompt.</param>
/// <param name="Prompt">The user's text, or the whole prompt when <paramref name="Raw"/>.</param>
/// <param name="Raw">The prompt goes through the tokenizer as it is, and nothing but the number of tokens ends the generation.</param>
/// <param name="Sampling">What the caller sets; greedy without it, whatever the model folder says.</param>
/// <param name="Output">The file to write.</param>
/// <param name="Chunk">Most prompt rows a step, or null.</param>
/// <param name="Beside">Other requests that run in the same batch.</param>
internal sealed record TraceSettings(
    ModelSettings Model, IReadOnlyList<string> Images, string Prompt, bool Raw, SamplingOverrides Sampling,
    string Output, int? Chunk, int Beside)
{
    /// <summary>Image rows to drop, or null.</summary>
    public PruningChoice? Pruning { get; init; }
}
