using Glassbox.V1;
using Inference.Grounding.Probes;
using Probe = Inference.Decoding.Probes.Probe;
using ScoredSentence = Inference.Grounding.Probes.ScoredSentence;
using ScoredSpan = Inference.Grounding.Probes.ScoredSpan;

namespace Inference.Server.Responses;

/// <summary>Probes and what they say, as clients see it.</summary>
internal static class ProbeMessages
{
    public static ProbeInfo Info(Probe probe) => new()
    {
        Name = probe.Name,
        Label = probe.Label,
        Layers = { probe.Terms.Select(term => (uint)term.Layer) },
        FalsePositiveRates = { probe.Token.Thresholds.Select(threshold => EffectiveParameters.Shortest(threshold.FalsePositiveRate)) },
    };

    public static ProbeScore Score(Engine.ProbeScore score) => new()
    {
        Probe = score.Probe.Name,
        Layer = (uint)score.Probe.Layer,
        Logit = score.Logit,
        Probability = score.Probability,
    };

    public static Glassbox.V1.ScoredSpan Span(ScoredSpan span) => new()
    {
        FirstToken = (uint)span.FirstToken,
        EndToken = (uint)span.EndToken,
        Text = span.Text,
        Score = Summary(span.Score),
    };

    public static Glassbox.V1.ScoredSentence Sentence(ScoredSentence sentence) => new()
    {
        FirstToken = (uint)sentence.FirstToken,
        EndToken = (uint)sentence.EndToken,
        Text = sentence.Text,
        Scores = { sentence.Scores.Select(Summary) },
    };

    public static GenerateResponse Generated(ProbeFinding finding) => finding is ScoredSpan span
        ? new GenerateResponse { Span = Span(span) }
        : new GenerateResponse { Sentence = Sentence((ScoredSentence)finding) };

    public static DescribeRegionsResponse Described(ProbeFinding finding) => finding is ScoredSpan span
        ? new DescribeRegionsResponse { Span = Span(span) }
        : new DescribeRegionsResponse { Sentence = Sentence((ScoredSentence)finding) };

    private static Glassbox.V1.ProbeSummary Summary(Grounding.Probes.ProbeSummary summary) => new()
    {
        Probe = summary.Probe.Name,
        ScoredTokens = (uint)summary.Tokens,
        Logit = summary.Logit,
        Probability = summary.Probability,
        MaxProbability = summary.Max,
        MeanProbability = summary.Mean,
        Flagged = summary.IsFlagged,
    };
}
