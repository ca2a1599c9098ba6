using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Grounding;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Verification;
using Inference.Models.Regions;

namespace Inference.Cli.Assistants;

/// <summary>What answers questions: a model in this process, or a server.</summary>
internal interface IAssistant : IAsyncDisposable
{
    /// <summary>Answers a single question about any number of images.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="sampling">What the caller sets.</param>
    /// <param name="onText">Told each piece of text as it comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Answer> GenerateAsync(Question question, SamplingOverrides sampling, Action<string> onText, CancellationToken cancellationToken);

    /// <summary>Describes regions of one image, all at the same time.</summary>
    /// <returns>One answer a region, in their order.</returns>
    Task<IReadOnlyList<Answer>> DescribeAsync(
        RegionQuestion question, SamplingOverrides sampling, IRegionObserver? observer, CancellationToken cancellationToken);

    /// <summary>Finds what a phrase refers to.</summary>
    Task<Location> LocateAsync(PhraseQuestion question, SamplingOverrides sampling, CancellationToken cancellationToken);

    /// <summary>Checks claims about an image.</summary>
    Task<Verification> VerifyAsync(ClaimsQuestion question, CancellationToken cancellationToken);
}

/// <summary>Told about descriptions as they come; from several threads.</summary>
internal interface IRegionObserver
{
    /// <summary>The next piece of a region's description.</summary>
    void Append(int region, string text);

    /// <summary>A region's description is complete.</summary>
    void End(int region);
}

/// <summary>How a text is made and watched, whatever is asked.</summary>
internal abstract record TextQuestion
{
    /// <summary>Probes to score the answer with, or null.</summary>
    public ProbeQuestion? Probes { get; init; }

    /// <summary>Image rows to drop, or null.</summary>
    public PruningChoice? Pruning { get; init; }

    /// <summary>Answers come with what remained of the images; in this process only.</summary>
    public bool ShowKept { get; init; }

    /// <summary>How the claims of the answer are checked, or null.</summary>
    public VerificationOptions? Verification { get; init; }

    /// <summary>Watches the answer sentence by sentence, or null.</summary>
    public GuardQuestion? Guard { get; init; }

    /// <summary>Answers to choose from.</summary>
    public int BestOf { get; init; } = 1;

    /// <summary>Files of probes, or names where a server is asked.</summary>
    public IReadOnlyList<string> ProbeFiles => [.. (Probes?.Probes ?? []).Concat(Guard?.Probe is { } judge ? [judge] : []).Distinct()];
}

/// <summary>A question, with images in front of it.</summary>
internal sealed record Question(IReadOnlyList<byte[]> Images, string Prompt, string? System) : TextQuestion
{
    /// <summary>How tokens are guessed ahead, or null.</summary>
    public SpeculationOptions? Speculation { get; init; }
}

/// <summary>Regions of an image.</summary>
internal sealed record RegionQuestion(byte[] Image, IReadOnlyList<Box> Regions, CoordinateSpace Space, bool InDetail) : TextQuestion
{
    /// <summary>
    /// Several descriptions of each region to choose from, or null; a guard then watches each. Not together with probes, verification and
    /// answers to choose from. The observer is told each text as a whole.
    /// </summary>
    public CandidateQuestion? Candidates { get; init; }
}

/// <summary>Several descriptions of a region: sources, then samples, then layers.</summary>
/// <param name="Sources">One by one.</param>
/// <param name="Samples">How many that differ by chance.</param>
/// <param name="Layers">One for each layer.</param>
/// <param name="Ranking">How they are scored.</param>
/// <param name="Listener">Name of the model that locates; empty for the one that describes.</param>
internal sealed record CandidateQuestion(
    IReadOnlyList<CandidateSource> Sources, int Samples, IReadOnlyList<int> Layers, CandidateRanking Ranking, string Listener);

/// <summary>A phrase to find; boxes come back in <paramref name="Space"/>.</summary>
internal sealed record PhraseQuestion(byte[] Image, string Phrase, CoordinateSpace Space)
{
    /// <summary>Image rows to drop, or null.</summary>
    public PruningChoice? Pruning { get; init; }
}

/// <summary>Claims about an image: single ones, and those that a text makes.</summary>
internal sealed record ClaimsQuestion(byte[] Image, IReadOnlyList<(ClaimForm Form, string Text)> Claims, string Text, double Threshold);

/// <summary>How a claim is put.</summary>
internal enum ClaimForm
{
    /// <summary>Something that is in the image.</summary>
    Phrase,

    /// <summary>A statement about it.</summary>
    Statement,

    /// <summary>A yes/no question in the caller's words.</summary>
    Question,
}

/// <summary>What became of claims.</summary>
internal sealed record Verification(IReadOnlyList<ClaimVerdict> Verdicts, AnswerUsage Usage, AnswerTimings Timings);

/// <summary>Where a phrase was found.</summary>
internal sealed record Location(IReadOnlyList<LocatedBox> Boxes, Answer Answer);
