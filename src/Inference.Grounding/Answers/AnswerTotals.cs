using Inference.Engine;

namespace Inference.Grounding.Answers;

/// <summary>What several generations of one answer came to together.</summary>
internal static class AnswerTotals
{
    /// <summary>Sums of tokens.</summary>
    public static GenerationUsage Usage(IReadOnlyCollection<GenerationResult> results) => new(
        results.Sum(result => result.Usage.PromptTokens),
        results.Sum(result => result.Usage.ImageTokens),
        results.Sum(result => result.Usage.CompletionTokens))
    {
        SampledTokens = results.Sum(result => result.Usage.SampledTokens),
        Speculation = SpeculationUsage.Sum(results.Select(result => result.Usage.Speculation)),
        Pruning = PruningUsage.Sum(results.Select(result => result.Usage.Pruning)),
    };

    /// <summary>The longest of each stage, for generations that ran side by side.</summary>
    public static GenerationTimings LongestTimings(IReadOnlyCollection<GenerationResult> results) => results.Count == 0
        ? default
        : new GenerationTimings(
            results.Max(result => result.Timings.Queue),
            results.Max(result => result.Timings.Encode),
            results.Max(result => result.Timings.Prefill),
            results.Max(result => result.Timings.Decode));
}
