namespace Inference.Cli.Assistants;

/// <summary>Probes to score an answer with.</summary>
/// <param name="Probes">Files, or names where a server is asked.</param>
/// <param name="FalsePositiveRate">Of the thresholds; null for the usual ones.</param>
internal sealed record ProbeQuestion(IReadOnlyList<string> Probes, double? FalsePositiveRate);

/// <summary>What probes say of an answer.</summary>
/// <param name="Tokens">The tokens that have scores.</param>
/// <param name="Spans">Flagged words.</param>
/// <param name="Sentences">All sentences.</param>
internal sealed record AnswerProbes(
    IReadOnlyList<AnswerScoredToken> Tokens, IReadOnlyList<AnswerScoredText> Spans, IReadOnlyList<AnswerScoredText> Sentences);

/// <summary>The scores of a token.</summary>
/// <param name="Index">Its place in the answer.</param>
/// <param name="Text">Its text.</param>
/// <param name="Scores">By probe.</param>
internal sealed record AnswerScoredToken(int Index, string Text, IReadOnlyList<AnswerProbeScore> Scores);

/// <summary>A score of a token: raw, and calibrated.</summary>
internal readonly record struct AnswerProbeScore(string Probe, int Layer, float Logit, float Probability);

/// <summary>The scores of consecutive tokens.</summary>
internal sealed record AnswerScoredText(int FirstToken, int EndToken, string Text, IReadOnlyList<AnswerProbeSummary> Scores);

/// <summary>The scores of consecutive tokens by one probe.</summary>
internal readonly record struct AnswerProbeSummary(
    string Probe, int ScoredTokens, float Logit, float Probability, float Max, float Mean, bool IsFlagged);
