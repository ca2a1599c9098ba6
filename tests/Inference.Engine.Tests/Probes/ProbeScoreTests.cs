using Inference.Decoding.Probes;
using Inference.Models.Prompts;
using Inference.Testing;

namespace Inference.Engine.Tests.Probes;

/// <summary>What is scored, by what, and when.</summary>
public sealed class ProbeScoreTests
{
    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.LlamaDeep)]
    [InlineData(Goldens.SiglipQwen2)]
    public async Task A_score_is_the_product_with_the_hidden_state_of_the_token_fed_back(string model)
    {
        using var fixture = new EngineFixture(RandomProbe.Several, models: model);
        var prompt = EngineFixture.TextPrompt(17, seed: 5);
        var answer = await fixture.Run(fixture.Request(prompt, EngineFixture.Greedy(9)) with
        {
            Probes = fixture.Probes,
            IgnoreStopTokens = true,
        });
        Assert.Equal(9, answer.Tokens.Count);

        // Reading prompt and answer as one prompt gives the hidden states of every generated token.
        var trace = new RecordingTrace();
        var whole = new EncodedPrompt([.. prompt.InputIds, .. answer.Ids], []);
        await fixture.Run(fixture.Request(whole, EngineFixture.Greedy(1)) with { Trace = trace });
        foreach (var token in answer.Tokens)
        {
            // hidden[L] before the final norm is in no trace.
            foreach (var score in token.Scores.Where(score => score.Probe.Layer < fixture.DecoderShape.Layers))
            {
                var expected = score.Probe.Bias + score.Probe.Terms.Sum(
                    term => Product(term, trace[$"hidden.{term.Layer:D2}"], prompt.InputIds.Length + token.Index));
                Assert.Equal(expected, score.Logit, 1e-4 * Math.Max(1, Math.Abs(expected)));
                Assert.Equal(score.Probe.Token.Calibration.Map(score.Logit), score.Probability);
            }

            Assert.Equal(fixture.Probes, token.Scores.Select(score => score.Probe));
        }
    }

    [Fact]
    public async Task Every_token_is_scored_but_the_end_token()
    {
        using var fixture = new EngineFixture(RandomProbe.Several, models: Goldens.LlamaDeep);
        var plain = fixture.Request(EngineFixture.TextPrompt(12, 3), EngineFixture.Greedy(30)) with { IgnoreStopTokens = true };
        var free = await fixture.Run(plain);

        var sampling = plain.Sampling with { StopTokenIds = [free.Ids[7]] };
        var stopped = await fixture.Run(plain with { Sampling = sampling, Probes = fixture.Probes, IgnoreStopTokens = false });
        Assert.Equal(FinishReason.StopToken, stopped.Result.Reason);
        Assert.All(stopped.Tokens.SkipLast(1), token => Assert.Equal(4, token.Scores.Count));
        Assert.Empty(stopped.Tokens[^1].Scores);

        var text = free.Text.Substring(free.Text.Length / 2, 3);
        sampling = plain.Sampling with { StopStrings = [text] };
        stopped = await fixture.Run(plain with { Sampling = sampling, Probes = fixture.Probes, IgnoreStopTokens = false });
        Assert.Equal(FinishReason.StopSequence, stopped.Result.Reason);
        Assert.All(stopped.Tokens, token => Assert.Equal(4, token.Scores.Count));
        Assert.Equal(free.Text[..free.Text.IndexOf(text, StringComparison.Ordinal)], stopped.Text);
    }

    [Fact]
    public async Task A_single_token_is_scored()
    {
        using var fixture = new EngineFixture(RandomProbe.Several, models: Goldens.LlamaDeep);
        var answer = await fixture.Run(fixture.Request(EngineFixture.TextPrompt(12, 3), EngineFixture.Greedy(1)) with
        {
            Probes = [fixture.Probes[1]],
        });
        Assert.Equal(fixture.Probes[1], Assert.Single(Assert.Single(answer.Tokens).Scores).Probe);
        Assert.Equal(1, answer.Result.Usage.CompletionTokens);
    }

    [Fact]
    public async Task A_request_that_is_ended_from_outside_loses_no_token_and_leaves_the_last_unscored()
    {
        using var fixture = new EngineFixture(RandomProbe.Several, models: Goldens.LlamaDeep);
        using var stop = new CancellationTokenSource();
        var request = fixture.Request(EngineFixture.TextPrompt(12, 3), EngineFixture.Greedy(400)) with
        {
            Probes = fixture.Probes, IgnoreStopTokens = true, CancellationToken = stop.Token,
        };
        var generation = fixture.Submit(request);
        List<TokenEvent> tokens = [];
        await foreach (var token in generation.ReadAllAsync())
        {
            tokens.Add(token);
            if (tokens.Count == 5)
            {
                await stop.CancelAsync();
            }
        }

        var result = await generation.Completion;
        Assert.Equal(FinishReason.Cancelled, result.Reason);
        Assert.Equal(Enumerable.Range(0, result.Usage.CompletionTokens), tokens.Select(token => token.Index));
        Assert.All(tokens.SkipLast(1), token => Assert.Equal(4, token.Scores.Count));
        Assert.Empty(tokens[^1].Scores);
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_absent()
    {
        using var fixture = new EngineFixture(
            shape => [new Probe
            {
                Name = "huge",
                Label = "overflows",
                ModelFingerprint = new string('0', 64),
                Terms = [new ProbeTerm(2, Enumerable.Repeat(float.MaxValue, shape.Width).ToArray())],
                Bias = 0,
                Token = new ProbeScale(PlattCalibration.Identity, []),
            }, RandomProbe.Of(shape, 2)],
            models: Goldens.LlamaDeep);
        var answer = await fixture.Run(fixture.Request(EngineFixture.TextPrompt(12, 3), EngineFixture.Greedy(20)) with
        {
            Probes = fixture.Probes,
            IgnoreStopTokens = true,
        });
        Assert.All(answer.Tokens, token => Assert.Equal(fixture.Probes[1], Assert.Single(token.Scores).Probe));
    }

    [Fact]
    public void Probes_that_the_model_does_not_have_are_refused()
    {
        using var fixture = new EngineFixture(RandomProbe.Several, models: Goldens.LlamaDeep);
        var request = fixture.Request(EngineFixture.TextPrompt(12, 3), EngineFixture.Greedy(2));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with { Probes = [RandomProbe.Of(fixture.DecoderShape, 1)] }));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with { Probes = [fixture.Probes[0], fixture.Probes[0]] }));
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).Queued);

        Assert.Throws<ProbeException>(
            () => new EngineFixture(shape => [RandomProbe.Of(shape, shape.Layers + 1)], models: Goldens.LlamaDeep));
        Assert.Throws<ProbeException>(
            () => new EngineFixture(shape => [RandomProbe.Of(shape with { Width = shape.Width + 1 }, 1)], models: Goldens.LlamaDeep));
    }

    private static double Product(ProbeTerm term, ReadOnlySpan<float> hidden, int row)
    {
        var sum = 0.0;
        for (var i = 0; i < term.Weights.Length; i++)
        {
            sum += (double)term.Weights.Span[i] * hidden[(row * term.Weights.Length) + i];
        }

        return sum;
    }
}
