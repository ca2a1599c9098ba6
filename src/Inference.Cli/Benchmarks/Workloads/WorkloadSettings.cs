using Inference.Compute;
using Inference.Decoding.Pruning;

namespace Inference.Cli.Benchmarks.Workloads;

/// <summary>Requests that arrive together.</summary>
/// <param name="Requests">How many.</param>
/// <param name="SharedTokens">Tokens that all their prompts begin with.</param>
/// <param name="ImageRows">Rows of one image behind these, in all prompts; 0 for none.</param>
/// <param name="OwnTokens">Tokens behind these that every prompt has for itself.</param>
/// <param name="DecodeTokens">Tokens to generate for each.</param>
/// <param name="Pruning">What to drop of the image, or null.</param>
/// <param name="Rounds">How often to measure, after a shorter round that does not count.</param>
/// <param name="Kv">How keys and values are held.</param>
internal sealed record WorkloadSettings(
    int Requests, int SharedTokens, int ImageRows, int OwnTokens, int DecodeTokens, PruningChoice? Pruning, int Rounds,
    NumberFormat Kv = NumberFormat.F32)
{
    /// <summary>Tokens and rows of a prompt.</summary>
    public int PromptTokens => SharedTokens + ImageRows + OwnTokens;

    /// <summary>Positions of a request.</summary>
    public int ContextLength => PromptTokens + DecodeTokens;
}
