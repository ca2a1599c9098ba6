using Glassbox.V1;
using Inference.Engine;
using Inference.Server.Images;
using Inference.Server.Responses;

namespace Inference.Server.Services;

/// <summary>The end of a DescribeRegions call: what all regions took together.</summary>
internal static class RegionTotals
{
    /// <param name="regions">The regions, complete.</param>
    /// <param name="images">The image they share.</param>
    /// <param name="queueTime">Until the first region left the queue.</param>
    /// <param name="parameters">What was in effect.</param>
    public static RegionsCompleted Of(IReadOnlyList<RunningRegion> regions, PreparedImages images, TimeSpan queueTime, GenerationParameters parameters)
    {
        GenerationResult[] results = [.. regions.Select(region => region.Generation.Completion.Result)];
        return new RegionsCompleted
        {
            Usage = EventMessages.Usage(new GenerationUsage(
                results.Sum(result => result.Usage.PromptTokens),
                results.Sum(result => result.Usage.ImageTokens),
                results.Sum(result => result.Usage.CompletionTokens))
            {
                Pruning = Engine.PruningUsage.Sum(results.Select(result => result.Usage.Pruning)),
            }),
            // The regions wait for the same encoder run, so its time is the longest of theirs.
            Timings = EventMessages.Timings(new GenerationTimings(
                queueTime,
                results.Max(result => result.Timings.Encode),
                new TimeSpan(results.Sum(result => result.Timings.Prefill.Ticks)),
                new TimeSpan(results.Sum(result => result.Timings.Decode.Ticks)))).With(images),
            EffectiveParameters = parameters,
        };
    }
}
