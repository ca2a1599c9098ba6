using Inference.Cli.Assistants;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Grounding.Verification;

namespace Inference.Cli.Scenes;

/// <summary>What a method asks of an assistant.</summary>
/// <param name="Line">Its row.</param>
/// <param name="Sampling">How tokens are chosen.</param>
internal sealed record Method(MethodLine Line, SamplingOverrides Sampling)
{
    /// <summary>Image rows to drop inside the decoder, or null.</summary>
    public PruningChoice? Pruning { get; init; }

    /// <summary>How the claims of captions are checked, or null.</summary>
    public VerificationOptions? Verification { get; init; }

    /// <summary>Watches captions sentence by sentence, or null.</summary>
    public GuardQuestion? Guard { get; init; }

    /// <summary>Captions to choose from.</summary>
    public int BestOf { get; init; } = 1;

    /// <summary>Several descriptions of each region to choose from, or null.</summary>
    public CandidateQuestion? Candidates { get; init; }

    /// <summary>The settings of one question: each draws from a seed of its own, counted up from that of the flags.</summary>
    public SamplingOverrides For(ulong question) => Sampling with { Seed = unchecked((Sampling.Seed ?? 0) + question) };
}
