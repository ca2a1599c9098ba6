using Inference.Models.Regions;

namespace Inference.Models.Prompts.Profiles;

/// <summary>
/// How a model wants to be asked: its chat format, the wording of region, phrase and yes/no questions, and how it writes boxes. Data: a
/// built-in profile per family (<see cref="ModelProfiles"/>), overridden key by key by glassbox.json in the model folder.
/// </summary>
public sealed record ModelProfile
{
    /// <summary>Name of the file that overrides it.</summary>
    public const string FileName = "glassbox.json";

    internal const string BoxPlace = "{box}", PhrasePlace = "{phrase}", ClaimPlace = "{claim}";

    /// <summary>
    /// Key <c>chat</c>: a pattern (<see cref="ChatPattern"/>) or the name of a format; null to go by the folder's chat template.
    /// </summary>
    public string? Chat { get; init; }

    /// <summary>Asks for a short expression that singles out the region <c>{box}</c>.</summary>
    public required string Describe { get; init; }

    /// <summary>Asks for a detailed description of the region <c>{box}</c>.</summary>
    public required string DescribeInDetail { get; init; }

    /// <summary>Asks for the box of <c>{phrase}</c>.</summary>
    public required string Locate { get; init; }

    /// <summary>Asks whether <c>{phrase}</c> is in the image.</summary>
    public required string Exists { get; init; }

    /// <summary>Asks whether the statement <c>{claim}</c> is true of the image.</summary>
    public required string Verify { get; init; }

    /// <summary>Words that answer such questions with yes, as the model writes them.</summary>
    public required IReadOnlyList<string> Yes { get; init; }

    /// <summary>Words that answer such questions with no, as the model writes them.</summary>
    public required IReadOnlyList<string> No { get; init; }

    /// <summary>Key <c>claims</c>: how claims are found in the model's answers; empty: every sentence is one.</summary>
    public IReadOnlyList<ClaimRule> Claims { get; init; } = [];

    /// <summary>Asks for a description of the whole image.</summary>
    public required string Caption { get; init; }

    /// <summary>How boxes are written.</summary>
    public required BoxFormat Box { get; init; }

    /// <summary>The question for a description of a region.</summary>
    /// <param name="box">The box as <see cref="BoxFormat.Write"/> gives it.</param>
    /// <param name="inDetail">A detailed description instead of a short expression.</param>
    public string DescribePrompt(string box, bool inDetail = false) =>
        (inDetail ? DescribeInDetail : Describe).Replace(BoxPlace, box, StringComparison.Ordinal);

    /// <summary>The question for the box of a phrase.</summary>
    public string LocatePrompt(string phrase) => Locate.Replace(PhrasePlace, phrase, StringComparison.Ordinal);

    /// <summary>The question whether something is there.</summary>
    public string ExistsPrompt(string phrase) => Exists.Replace(PhrasePlace, phrase, StringComparison.Ordinal);

    /// <summary>The question whether a statement is true.</summary>
    public string VerifyPrompt(string claim) => Verify.Replace(ClaimPlace, claim, StringComparison.Ordinal);
}
