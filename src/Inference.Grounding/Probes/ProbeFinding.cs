using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes;

/// <summary>What the scores of consecutive tokens say together.</summary>
/// <param name="FirstToken">Index of the first token among the generated ones.</param>
/// <param name="EndToken">One past the last.</param>
/// <param name="Text">Their text without blanks around it.</param>
public abstract record ProbeFinding(int FirstToken, int EndToken, string Text);

/// <summary>Words one behind the other that hold a token over the probe's threshold; never across sentences.</summary>
/// <param name="FirstToken">Index of the first token.</param>
/// <param name="EndToken">One past the last.</param>
/// <param name="Text">The words.</param>
/// <param name="Score">What the probe says of them.</param>
public sealed record ScoredSpan(int FirstToken, int EndToken, string Text, ProbeSummary Score) : ProbeFinding(FirstToken, EndToken, Text);

/// <summary>A sentence with a letter or digit in it.</summary>
/// <param name="FirstToken">Index of the first token.</param>
/// <param name="EndToken">One past the last.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Scores">What the probes say of it, in the order of the request; without those that scored none of its tokens.</param>
public sealed record ScoredSentence(int FirstToken, int EndToken, string Text, IReadOnlyList<ProbeSummary> Scores)
    : ProbeFinding(FirstToken, EndToken, Text);

/// <summary>The scores of several tokens by one probe.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Tokens">How many have a score; at least 1.</param>
/// <param name="Logit">The largest raw score.</param>
/// <param name="Probability">The largest raw score, calibrated for a span or sentence where the probe has a map of its own for it.</param>
/// <param name="Max">The largest calibrated score of a token.</param>
/// <param name="Mean">The mean calibrated score of the tokens.</param>
/// <param name="IsFlagged">Over the threshold that was asked for.</param>
public readonly record struct ProbeSummary(Probe Probe, int Tokens, float Logit, float Probability, float Max, float Mean, bool IsFlagged);
