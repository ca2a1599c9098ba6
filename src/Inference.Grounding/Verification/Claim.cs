using Inference.Models.Prompts.Profiles;

namespace Inference.Grounding.Verification;

/// <summary>Something that is said about an image, and the yes/no question that checks it.</summary>
/// <param name="Text">The claim in its own words.</param>
/// <param name="Question">Put to the model as it is.</param>
public sealed record Claim(string Text, string Question)
{
    /// <summary>Where the text stands in the answer it was found in, in UTF-16 units; null for a claim that stands alone.</summary>
    public int? Start { get; init; }

    /// <summary>That something is in the image: "a black heart".</summary>
    public static Claim Exists(ModelProfile profile, string phrase) => new(phrase, profile.ExistsPrompt(phrase));

    /// <summary>That a statement is true: "The heart is left of the cross."</summary>
    public static Claim Statement(ModelProfile profile, string statement) => new(statement, profile.VerifyPrompt(statement));

    /// <summary>A question of the caller's own that is to be answered with yes.</summary>
    public static Claim Asked(string question) => new(question, question);
}

/// <summary>What the model says of a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Yes">P(yes) / (P(yes) + P(no)) of the first token of the answer, over all ways to write the words.</param>
/// <param name="Mass">
/// P(yes) + P(no): near 0 the model did not take it for a yes/no question, and <paramref name="Yes"/> means little.
/// </param>
/// <param name="IsRejected">Whether <paramref name="Yes"/> is not above the threshold.</param>
public sealed record ClaimVerdict(Claim Claim, double Yes, double Mass, bool IsRejected);
