using Glassbox.V1;

namespace Inference.Cli.Assistants;

/// <summary>What probes say, from messages of glassbox.v1; collected while a stream is read.</summary>
internal sealed class ProbeWire
{
    private readonly List<AnswerScoredToken> _tokens = [];
    private readonly List<AnswerScoredText> _spans = [];
    private readonly List<AnswerScoredText> _sentences = [];

    /// <summary>The request's message, or null.</summary>
    public static Glassbox.V1.ProbeOptions? Options(ProbeQuestion? question)
    {
        if (question is null)
        {
            return null;
        }

        var message = new Glassbox.V1.ProbeOptions();
        foreach (var name in question.Probes)
        {
            var choice = new ProbeChoice { Name = name };
            if (question.FalsePositiveRate is { } rate)
            {
                choice.FalsePositiveRate = rate;
            }

            message.Probes.Add(choice);
        }

        return message;
    }

    // A delta brings one token; the token's own text has lost the blank in front of it in some vocabularies.
    public void Add(TokenDelta delta)
    {
        foreach (var token in delta.Tokens.Where(token => token.Probes.Count > 0))
        {
            _tokens.Add(new AnswerScoredToken(
                (int)token.Index, delta.Tokens.Count == 1 ? delta.Text : token.Text,
                [.. token.Probes.Select(score => new AnswerProbeScore(score.Probe, (int)score.Layer, score.Logit, score.Probability))]));
        }
    }

    public void Add(ScoredSpan span) =>
        _spans.Add(new AnswerScoredText((int)span.FirstToken, (int)span.EndToken, span.Text, [Summary(span.Score)]));

    public void Add(ScoredSentence sentence) => _sentences.Add(
        new AnswerScoredText((int)sentence.FirstToken, (int)sentence.EndToken, sentence.Text, [.. sentence.Scores.Select(Summary)]));

    /// <summary>All that came.</summary>
    public AnswerProbes Read() => new(_tokens, _spans, _sentences);

    private static AnswerProbeSummary Summary(ProbeSummary summary) => new(
        summary.Probe, (int)summary.ScoredTokens, summary.Logit, summary.Probability, summary.MaxProbability, summary.MeanProbability,
        summary.Flagged);
}
