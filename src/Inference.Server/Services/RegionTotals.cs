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
    public static RegionsCompleted Of(
        IReadOnlyList<RunningRegion> regions, PreparedImages images, TimeSpan queueTime, GenerationParameters parameters)
    {
        GenerationUsage[] usages = [.. regions.Select(region => region.Usage)];
        GenerationTimings[] timings = [.. regions.Select(region => region.Timings)];
        var completed = new RegionsCompleted
        {
            Usage = EventMessages.Usage(new GenerationUsage(
                usages.Sum(usage => usage.PromptTokens),
                usages.Sum(usage => usage.ImageTokens),
                usages.Sum(usage => usage.CompletionTokens))
            {
                CachedTokens = usages.Sum(usage => usage.CachedTokens),
                SampledTokens = usages.Sum(usage => usage.SampledTokens),
                Pruning = Engine.PruningUsage.Sum(usages.Select(usage => usage.Pruning)),
            }),
            // The regions wait for the same encoder run, so its time is the longest of theirs.
            Timings = EventMessages.Timings(new GenerationTimings(
                queueTime,
                timings.Max(timing => timing.Encode),
                new TimeSpan(timings.Sum(timing => timing.Prefill.Ticks)),
                new TimeSpan(timings.Sum(timing => timing.Decode.Ticks)))).With(images),
            EffectiveParameters = parameters,
        };
        completed.Usage.Guard = GuardMessages.Usage([.. regions.SelectMany(region => region.Guards)]);
        return completed;
    }
}
