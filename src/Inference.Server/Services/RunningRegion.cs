using Glassbox.V1;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Guard;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Services;

/// <summary>Several descriptions of a region in the engine.</summary>
/// <param name="Run">The descriptions and the listener; it reads their tokens itself.</param>
/// <param name="Sampling">What is in effect for each description.</param>
/// <param name="Width">Of the upright image in pixels.</param>
/// <param name="Height">Of the upright image in pixels.</param>
internal sealed record RegionCandidates(CycleRun Run, IReadOnlyList<SamplingParameters> Sampling, int Width, int Height);

/// <summary>A region of a DescribeRegions call in the engine. Disposing it ends its answer.</summary>
/// <param name="Source">As the request has it.</param>
/// <param name="Answer">Its answer, or the first of several candidates for one.</param>
/// <param name="WasCut">Its number of tokens was cut to what the context holds.</param>
internal sealed record RunningRegion(Region Source, AnswerStream Answer, bool WasCut) : IDisposable
{
    /// <summary>The candidates for its answer; null where there is one answer only.</summary>
    public RegionCandidates? Candidates { get; init; }

    /// <summary>What it took, once it has ended.</summary>
    public GenerationUsage Usage => Candidates?.Run.Completion.Result.Usage ?? Answer.Result.Generation.Usage;

    /// <summary>What guards did to it, once it has ended: to each candidate where there are some, to none without a guard.</summary>
    public IEnumerable<GuardReport> Guards =>
        (Candidates?.Run.Completion.Result.Candidates.Select(candidate => candidate.Guard) ?? [Answer.Result.Guard]).OfType<GuardReport>();

    /// <summary>Where its time went, once it has ended.</summary>
    public GenerationTimings Timings => Candidates?.Run.Completion.Result.Timings ?? Answer.Result.Generation.Timings;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Candidates are ended by their run, with the call.
        if (Candidates is null)
        {
            Answer.Dispose();
        }
    }
}
