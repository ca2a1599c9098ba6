using Inference.Decoding.Probes;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Probes;

namespace Inference.Cli.Assistants;

/// <summary>Probes of the model in this process.</summary>
internal static class LocalProbes
{
    /// <summary>The probes of a model that were loaded for a question.</summary>
    /// <exception cref="ProbeException">One has no threshold of the rate.</exception>
    public static IReadOnlyList<ProbeChoice> Choose(ServedModel model, ProbeQuestion? question) => question is null
        ? []
        : [.. model.Probes.Select(probe => ProbeChoice.Create(probe, question.FalsePositiveRate, "--false-positive-rate"))];

    /// <summary>What they say; null where none was asked for.</summary>
    public static AnswerProbes? Read(IReadOnlyList<ProbeChoice> choices, IReadOnlyList<TokenEvent> tokens)
    {
        if (choices.Count == 0)
        {
            return null;
        }

        var aggregator = new ProbeAggregator(choices);
        ProbeFinding[] findings = [.. tokens.SelectMany(aggregator.Add), .. aggregator.End()];
        return new AnswerProbes(
            [.. tokens.Where(token => token.Scores.Count > 0).Select(Token)],
            [.. findings.OfType<ScoredSpan>().Select(span =>
                new AnswerScoredText(span.FirstToken, span.EndToken, span.Text, [Summary(span.Score)]))],
            [.. findings.OfType<ScoredSentence>().Select(sentence =>
                new AnswerScoredText(sentence.FirstToken, sentence.EndToken, sentence.Text, [.. sentence.Scores.Select(Summary)]))]);
    }

    private static AnswerScoredToken Token(TokenEvent token) => new(
        token.Index, token.Text,
        [.. token.Scores.Select(score => new AnswerProbeScore(score.Probe.Name, score.Probe.Layer, score.Logit, score.Probability))]);

    private static AnswerProbeSummary Summary(ProbeSummary summary) =>
        new(summary.Probe.Name, summary.Tokens, summary.Logit, summary.Probability, summary.Max, summary.Mean, summary.IsFlagged);
}
