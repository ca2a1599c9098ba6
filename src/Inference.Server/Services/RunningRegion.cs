using Glassbox.V1;
using Inference.Engine;
using Inference.Grounding.CycleConsistency;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Services;

/// <summary>Several descriptions of a region in the engine.</summary>
/// <param name="Run">The descriptions and the listener; it reads their tokens itself.</param>
/// <param name="Sampling">What is in effect for each description.</param>
/// <param name="Width">Of the upright image in pixels.</param>
/// <param name="Height">Of the upright image in pixels.</param>
internal sealed record RegionCandidates(CycleRun Run, IReadOnlyList<SamplingParameters> Sampling, int Width, int Height);

/// <summary>A region of a DescribeRegions call in the engine.</summary>
/// <param name="Source">As the request has it.</param>
/// <param name="Generation">Its answer, or the first of several candidates for one.</param>
/// <param name="WasCut">Its number of tokens was cut to what the context holds.</param>
internal sealed record RunningRegion(Region Source, Generation Generation, bool WasCut)
{
    /// <summary>The candidates for its answer; null where there is one answer only.</summary>
    public RegionCandidates? Candidates { get; init; }

    /// <summary>What it took, once it has ended.</summary>
    public GenerationUsage Usage => Candidates?.Run.Completion.Result.Usage ?? Generation.Completion.Result.Usage;

    /// <summary>Where its time went, once it has ended.</summary>
    public GenerationTimings Timings => Candidates?.Run.Completion.Result.Timings ?? Generation.Completion.Result.Timings;
}
