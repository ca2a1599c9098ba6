using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Grounding.Guard;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Grounding.CycleConsistency;

/// <summary>A region that is to be described by the best of several candidates.</summary>
public sealed record CycleRequest
{
    /// <summary>The model that describes.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>The image as that model sees it.</summary>
    public required PreparedImage Image { get; init; }

    /// <summary>The question that every candidate answers.</summary>
    public required EncodedPrompt Prompt { get; init; }

    /// <summary>The region, in pixels of the upright original.</summary>
    public required Box Region { get; init; }

    /// <summary>Valid parameters of each candidate, at least one; the context holds prompt and answer.</summary>
    public required IReadOnlyList<SamplingParameters> Candidates { get; init; }

    /// <summary>Image rows that the describing model drops, or null.</summary>
    public PruningPlan? Pruning { get; init; }

    /// <summary>Watches every candidate sentence by sentence; null does not.</summary>
    public GuardOptions? Guard { get; init; }

    /// <summary>Who is asked where a candidate is.</summary>
    public required CycleListener Listener { get; init; }

    /// <summary>How candidates are scored.</summary>
    public CandidateRanking Ranking { get; init; }
}

/// <summary>The model that locates candidates.</summary>
/// <param name="Model">The model, on the same host as the one that describes; may be the same.</param>
/// <param name="Image">The image as this model sees it.</param>
/// <param name="Sampling">Valid parameters; the number of tokens is cut to what the context holds.</param>
/// <param name="Pruning">Image rows to drop, or null.</param>
public sealed record CycleListener(ServedModel Model, PreparedImage Image, SamplingParameters Sampling, PruningPlan? Pruning = null);
