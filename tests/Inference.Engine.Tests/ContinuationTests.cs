using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>Going on with an answer gives what generating it in one go gives.</summary>
public sealed class ContinuationTests
{
    private const int Tokens = 30;

    private static readonly int[] Cuts = [1, 2, 13, 29];

    [Theory]
    [InlineData(null, null)]
    [InlineData(7, null)]
    [InlineData(null, "2:.5,4:.25")]
    [InlineData(3, "2:.5,4:.25")]
    public async Task An_answer_about_an_image_goes_on_with_the_same_scores(int? chunk, string? plan)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        var request = fixture.Request(
            fixture.ImagePrompt(image, "USER: <image>\nWhat is red? ASSISTANT:"), EngineFixture.Greedy(Tokens), image) with
        {
            IgnoreStopTokens = true,
            PrefillChunk = chunk,
            Pruning = plan is null ? null : PruningPlan.Parse(plan, PositionPolicy.Keep),
        };
        var (whole, trace) = await Run(fixture, image, request);
        foreach (var cut in Cuts)
        {
            var (rest, restTrace) = await Run(fixture, image, request with { Continuation = whole.Ids[..cut] });
            AssertContinues(whole, rest, cut);
            Assert.Equal(Tokens - cut, rest.Result.Usage.CompletionTokens);
            var vocabulary = trace["scores"].Length / Tokens;
            Assert.Equal(trace["scores"][(cut * vocabulary)..], restTrace["scores"]);
        }
    }

    [Theory]
    [InlineData("dola")]
    [InlineData("deco")]
    [InlineData(null)]
    public async Task Samples_penalties_and_strategies_go_on(string? strategy)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var sampling = new SamplingParameters
        {
            MaxTokens = Tokens, DoSample = true, Temperature = 1.3f, TopP = 0.9f, Seed = 5, RepetitionPenalty = 1.3f, Logprobs = true,
            Strategy = strategy is null
                ? null
                : StrategyRegistry.Create(
                    StrategyChoice.Parse(strategy, []), new StrategyContext(fixture.DecoderShape.Layers, IsGreedy: false)),
        };
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 3), sampling) with { IgnoreStopTokens = true };
        var whole = await fixture.Run(request);
        foreach (var cut in Cuts)
        {
            var rest = await fixture.Run(request with { Continuation = whole.Ids[..cut] });
            AssertContinues(whole, rest, cut);
            Assert.Equal(whole.Tokens.Skip(cut).Select(token => token.Logprob), rest.Tokens.Select(token => token.Logprob));
        }
    }

    [Fact]
    public async Task A_stop_string_that_begins_in_the_continuation_ends_the_answer()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 1), EngineFixture.Greedy(Tokens));
        var free = await fixture.Run(request with { IgnoreStopTokens = true });
        var texts = free.Tokens.Select(token => token.Text).ToArray();
        var cut = Enumerable.Range(4, 20).First(i =>
            texts[i - 1].Length > 0 && texts[i].Length > 0
                && !string.Concat(texts[..i]).Contains(Stop(texts, i), StringComparison.Ordinal));
        var stopping = request with { Sampling = request.Sampling with { StopStrings = [Stop(texts, cut)] } };

        var whole = await fixture.Run(stopping);
        var rest = await fixture.Run(stopping with { Continuation = whole.Ids[..cut] });
        Assert.Equal(FinishReason.StopSequence, whole.Result.Reason);
        AssertContinues(whole, rest, cut);

        // Complete in the continuation it was decided to stay.
        var behind = await fixture.Run(stopping with { Continuation = free.Ids[..(cut + 1)] });
        Assert.Equal(free.Ids[cut + 1], behind.Ids[0]);

        static string Stop(string[] texts, int i) => texts[i - 1][^1..] + texts[i][..1];
    }

    [Fact]
    public void Impossible_continuations_are_refused()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(5, seed: 1), EngineFixture.Greedy(2));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with { Continuation = [5, 6] }));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with { Continuation = [-1] }));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with { Continuation = [fixture.DecoderShape.Vocabulary] }));
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).Queued);
    }

    private static async Task<(Answer Answer, RecordingTrace Trace)> Run(
        EngineFixture fixture, EngineImage image, GenerationRequest request)
    {
        image.AddReference();
        var trace = new RecordingTrace();
        var others = Enumerable.Range(0, 4)
            .Select(i => fixture.Run(fixture.Request(EngineFixture.TextPrompt(5 + i, seed: i), EngineFixture.Greedy((10 * i) + 1))))
            .ToArray();
        var answer = await fixture.Run(request with { Trace = trace });
        await Task.WhenAll(others);
        return (answer, trace);
    }

    private static void AssertContinues(Answer whole, Answer rest, int cut)
    {
        Assert.Equal(whole.Ids[cut..], rest.Ids);
        Assert.Equal(whole.Tokens.Skip(cut).Select(token => token.Text), rest.Tokens.Select(token => token.Text));
        Assert.Equal(whole.Tokens.Skip(cut).Select(token => token.Index), rest.Tokens.Select(token => token.Index));
        Assert.Equal(whole.Result.Reason, rest.Result.Reason);
    }
}
