using Inference.Decoding.Probes;
using Inference.Engine;
using Inference.Grounding.Probes;

namespace Inference.Grounding.Tests.Probes;

public sealed class ProbeAggregatorTests
{
    private static readonly Probe Probe = new()
    {
        Name = "obj",
        Label = "names an object that is not there",
        ModelFingerprint = new string('a', 64),
        Terms = [new ProbeTerm(1, new float[] { 1 })],
        Bias = 0,
        Token = new ProbeScale(PlattCalibration.Identity, [new ProbeThreshold(0.01f, 3f), new ProbeThreshold(0.05f, 1f)]),
        Sentence = new ProbeScale(new PlattCalibration(1, -1), [new ProbeThreshold(0.01f, 4f), new ProbeThreshold(0.05f, 2f)]),
    };

    [Fact]
    public void Words_over_the_threshold_become_spans_and_sentences_their_largest_and_mean_scores()
    {
        var findings = Run(
            0.05, ("A", -1), (" red", 0), (" ben", -2), ("ch", 2), (" and", 1.5f), (" 3.5", -1), (" cats", 0), (".", -4), (" It", -3),
            (" is", 1.1f));
        var first = Assert.IsType<ScoredSpan>(findings[0]);
        Assert.Equal((2, 5, "bench and"), (first.FirstToken, first.EndToken, first.Text));
        Assert.Equal((3, 2f), (first.Score.Tokens, first.Score.Logit));
        Assert.Equal(Map(2), first.Score.Probability, 1e-6f);

        var sentence = Assert.IsType<ScoredSentence>(findings[1]);
        Assert.Equal((0, 8, "A red bench and 3.5 cats."), (sentence.FirstToken, sentence.EndToken, sentence.Text));
        var score = Assert.Single(sentence.Scores);
        Assert.Equal((8, 2f, Map(2)), (score.Tokens, score.Logit, score.Max));
        Assert.Equal(Map(2 - 1), score.Probability, 1e-6f);
        Assert.Equal(new[] { -1, 0, -2, 2, 1.5f, -1, 0, -4 }.Average(Map), score.Mean, 1e-6f);
        Assert.False(score.IsFlagged);

        var last = Assert.IsType<ScoredSpan>(findings[2]);
        Assert.Equal((9, 10, "is"), (last.FirstToken, last.EndToken, last.Text));
        Assert.Equal("It is", Assert.IsType<ScoredSentence>(findings[3]).Text);
        Assert.Equal(4, findings.Count);
    }

    [Fact]
    public void A_sentence_is_reported_with_the_token_behind_it()
    {
        var aggregator = new ProbeAggregator([ProbeChoice.Create(Probe, 0.01, "rate")]);
        Assert.Empty(aggregator.Add(Token(0, "Mr. Cat", 5)));
        Assert.Empty(aggregator.Add(Token(1, " sits.", 0)));
        var findings = aggregator.Add(Token(2, " He", 0));
        Assert.Equal(["Mr. Cat", "Mr. Cat sits."], findings.Select(finding => finding.Text));
        Assert.True(Assert.IsType<ScoredSentence>(findings[1]).Scores[0].IsFlagged);
        Assert.Equal("He", Assert.Single(aggregator.End()).Text);
        Assert.Empty(aggregator.End());
    }

    [Fact]
    public void What_is_taken_back_counts_for_nothing()
    {
        var aggregator = new ProbeAggregator([ProbeChoice.Create(Probe, 0.05, "rate")]);
        Assert.Empty(aggregator.Add(Token(0, "A cat", -1)));
        Assert.Empty(aggregator.Add(Token(1, " and a dog", 5)));
        aggregator.Retract(1);
        Assert.Empty(aggregator.Add(Token(1, " sits.", 0)));
        var sentence = Assert.IsType<ScoredSentence>(Assert.Single(aggregator.Add(Token(2, " It", 0))));
        Assert.Equal(("A cat sits.", 0f), (sentence.Text, sentence.Scores[0].Logit));

        // The sentence was reported already; the one that takes its place is reported too.
        aggregator.Retract(0);
        Assert.Empty(aggregator.Add(Token(0, "Birds", 5)));
        Assert.Equal(["Birds", "Birds"], aggregator.End().Select(finding => finding.Text));
    }

    [Fact]
    public void Tokens_without_scores_count_for_nothing()
    {
        var findings = Run(0.05, ("No", null), (" scores", null), (".", null));
        Assert.Empty(Assert.IsType<ScoredSentence>(Assert.Single(findings)).Scores);

        findings = Run(0.05, ("Half", 3f), (" of", null), (" it", null));
        Assert.Equal((0, 1, "Half"), (findings[0].FirstToken, findings[0].EndToken, findings[0].Text));
        Assert.Equal(1, Assert.IsType<ScoredSentence>(findings[1]).Scores[0].Tokens);
    }

    [Fact]
    public void A_token_whose_text_is_held_back_goes_with_the_text_that_comes_next()
    {
        var findings = Run(0.05, ("Yes", 0), (".", 0), ("", 2), (" né", -1), ("e", -1));
        Assert.Equal(["Yes.", "née", "née"], findings.Select(finding => finding.Text));
        Assert.Equal((2, 5), (findings[1].FirstToken, findings[1].EndToken));
    }

    [Fact]
    public void Without_a_rate_the_usual_threshold_is_taken_and_an_unknown_one_is_refused()
    {
        Assert.Equal(1f, ProbeChoice.Create(Probe, null, "rate").Token!.Value.Logit);
        Assert.Equal(2f, ProbeChoice.Create(Probe, null, "rate").Sentence!.Value.Logit);
        Assert.Equal("rate", Assert.Throws<ProbeException>(() => ProbeChoice.Create(Probe, 0.02, "rate")).Field);
    }

    [Fact]
    public void Without_probes_nothing_is_reported() => Assert.Empty(new ProbeAggregator([]).Add(Token(0, "One. Two. Three.", 9)));

    private static float Map(float logit) => PlattCalibration.Identity.Map(logit);

    private static TokenEvent Token(int index, string text, float? logit) => new(index, 7, text, float.NaN, [])
    {
        Scores = logit is { } found ? [new ProbeScore(Probe, found, Map(found))] : [],
    };

    private static List<ProbeFinding> Run(double rate, params (string Text, float? Logit)[] tokens)
    {
        var aggregator = new ProbeAggregator([ProbeChoice.Create(Probe, rate, "rate")]);
        List<ProbeFinding> findings = [];
        for (var i = 0; i < tokens.Length; i++)
        {
            findings.AddRange(aggregator.Add(Token(i, tokens[i].Text, tokens[i].Logit)));
        }

        findings.AddRange(aggregator.End());
        return findings;
    }
}
