using System.Runtime.InteropServices;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>
/// Strategies inside the batched step: the same bits in any batch, and together with everything else a request may ask for.
/// </summary>
public sealed class StrategyTests
{
    private const int Layers = 8;
    private static readonly string[] Names = ["apc", "unleash", "dola", "pie", "deco", "layer-mix"];

    [Theory]
    [InlineData("unleash")]
    [InlineData("dola")]
    [InlineData("pie")]
    [InlineData("deco")]
    [InlineData("layer-mix")]
    public async Task Scores_and_layers_are_the_same_bits_alone_chunked_and_beside_sixteen_others(string name)
    {
        var alone = await Trace(name, beside: 0, chunk: null, threads: 2);
        AssertSameBits(alone, await Trace(name, beside: 16, chunk: null, threads: 2));
        AssertSameBits(alone, await Trace(name, beside: 16, chunk: 3, threads: 1));
    }

    [Fact]
    public async Task A_request_without_a_strategy_does_not_see_those_of_others()
    {
        var alone = await Trace(name: null, beside: 0, chunk: null, threads: 2);
        AssertSameBits(alone, await Trace(name: null, beside: 16, chunk: null, threads: 2));
    }

    [Theory]
    [InlineData("unleash")]
    [InlineData("dola")]
    [InlineData("pie")]
    [InlineData("deco")]
    [InlineData("layer-mix")]
    public async Task A_traced_request_takes_no_shortcut_and_gives_the_tokens_of_one_that_does(string name)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        foreach (var sampling in new[] { EngineFixture.Greedy(60), Drawing(60) with { Temperature = 0.7f } })
        {
            var request = fixture.Request(EngineFixture.TextPrompt(20, 3), sampling with { Strategy = Make(name, sampling) }) with
            {
                IgnoreStopTokens = true,
            };
            Assert.Equal((await fixture.Run(request with { Trace = new RecordingTrace() })).Ids, (await fixture.Run(request)).Ids);
        }
    }

    [Theory]
    [InlineData("apc")]
    [InlineData("dola")]
    [InlineData("pie")]
    [InlineData("deco")]
    [InlineData("layer-mix")]
    public async Task Seeds_stop_strings_and_log_probabilities_go_with_strategies(string name)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var sampling = Drawing(40) with { Logprobs = true, TopLogprobs = 2, RepetitionPenalty = 1.3f, TopP = 0.9f };
        var request = fixture.Request(EngineFixture.TextPrompt(12, 5), sampling with { Strategy = Make(name, sampling) });
        var first = await fixture.Run(request with { IgnoreStopTokens = true });
        Assert.Equal(first.Ids, (await fixture.Run(request with { IgnoreStopTokens = true })).Ids);
        var other = request.Sampling with { Seed = 99 };
        Assert.NotEqual(first.Ids, (await fixture.Run(request with { IgnoreStopTokens = true, Sampling = other })).Ids);
        Assert.All(first.Tokens, token => Assert.True(token.Logprob <= token.TopLogprobs[0].Logprob));

        var stop = first.Text.Substring(first.Text.Length / 2, 3);
        var stopped = await fixture.Run(request with { Sampling = request.Sampling with { StopStrings = [stop] } });
        Assert.Equal(first.Text[..first.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_final_logits()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var sampling = new SamplingParameters { MaxTokens = 1, TopLogprobs = 3 };
        var request = fixture.Request(EngineFixture.TextPrompt(12, 5), sampling);
        var plain = (await fixture.Run(request)).Tokens[0];
        var strategy = StrategyRegistry.Create(
            StrategyChoice.Parse("unleash", ["layer=0", "relative-top=0"]), new StrategyContext(Layers, IsGreedy: true));
        var contrasted = (await fixture.Run(request with { Sampling = sampling with { Strategy = strategy } })).Tokens[0];
        Assert.NotEqual(plain.Id, contrasted.Id);
        Assert.Equal(plain.TopLogprobs, contrasted.TopLogprobs);
    }

    [Fact]
    public async Task Requests_wait_for_room_for_their_layers_and_all_come_through()
    {
        // Nine rows a step: two requests that read four layers each, never three.
        var options = new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, MaxLensRows = 1 };
        using var fixture = new EngineFixture(options, models: Goldens.LlamaDeep);
        var sampling = EngineFixture.Greedy(20);
        var request = fixture.Request(EngineFixture.TextPrompt(9, 2), sampling with { Strategy = Make("dola", sampling) }) with
        {
            IgnoreStopTokens = true,
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => fixture.Run(request)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Ids, answer.Ids));
        Assert.Equal(FinishReason.MaxTokens, answers[0].Result.Reason);
    }

    [Fact]
    public void A_strategy_made_for_another_decoder_is_refused()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var strategy = StrategyRegistry.Create(StrategyChoice.Parse("dola", []), new StrategyContext(32, IsGreedy: true));
        Assert.Throws<ArgumentException>(() =>
            fixture.Submit(fixture.Request(EngineFixture.TextPrompt(9, 2), EngineFixture.Greedy(2) with { Strategy = strategy })));
    }

    [Theory]
    [InlineData("dola", "layers=0,1,3,7")]
    [InlineData("deco", "layers=2,5,6")]
    [InlineData("layer-mix", "layers=0,3,7")]
    public async Task Layers_before_and_after_dropped_rows_are_read_together(string name, string layers)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        var strategy = StrategyRegistry.Create(StrategyChoice.Parse(name, [layers]), new StrategyContext(Layers, IsGreedy: true));
        async Task<RecordingTrace> Pruned(string? plan, int? chunk)
        {
            var trace = new RecordingTrace();
            image.AddReference();
            var request = fixture.Request(
                fixture.ImagePrompt(image, "USER: <image>\nIs there a red circle? ASSISTANT:"),
                EngineFixture.Greedy(6) with { Strategy = strategy }, image);
            await fixture.Run(request with
            {
                Pruning = plan is null ? null : Decoding.Pruning.PruningPlan.Parse(plan, Decoding.Pruning.PositionPolicy.Reindex),
                Trace = trace, PrefillChunk = chunk, IgnoreStopTokens = true,
            });
            return trace;
        }

        var plain = await Pruned(null, null);
        Assert.Equal(plain["scores"], (await Pruned("2:1,5:1", null))["scores"]);
        var pruned = await Pruned("2:.5,5:.25", null);
        Assert.NotEqual(plain["scores"], pruned["scores"]);
        Assert.Equal(pruned["scores"], (await Pruned("2:.5,5:.25", 3))["scores"]);
    }

    private static SamplingParameters Drawing(int tokens) => new() { DoSample = true, Temperature = 1.2f, Seed = 21, MaxTokens = tokens };

    private static TokenStrategy Make(string name, SamplingParameters sampling) =>
        StrategyRegistry.Create(StrategyChoice.Parse(name, []), new StrategyContext(Layers, sampling.IsGreedy));

    private static async Task<RecordingTrace> Trace(string? name, int beside, int? chunk, int threads)
    {
        using var fixture = new EngineFixture(threads: threads, models: Goldens.LlamaDeep);
        var image = fixture.Image();
        List<Task<Answer>> others = [];
        for (var i = 0; i < beside; i++)
        {
            var neighbour = i % 3 == 0 ? Drawing(4 + i) : EngineFixture.Greedy(4 + i);
            var strategy = i % 4 == 3 ? null : Make(Names[i % Names.Length], neighbour);
            var prompt = EngineFixture.TextPrompt(5 + (9 * i), seed: i);
            others.Add(fixture.Run(fixture.Request(prompt, neighbour with { Strategy = strategy }) with
            {
                PrefillChunk = chunk,
                IgnoreStopTokens = true,
            }));
        }

        var trace = new RecordingTrace();
        var sampling = EngineFixture.Greedy(12);
        var request = fixture.Request(
            fixture.ImagePrompt(image, "USER: <image>\nIs there a red circle? ASSISTANT:"),
            sampling with { Strategy = name is null ? null : Make(name, sampling) }, image);
        await fixture.Run(request with { Trace = trace, PrefillChunk = chunk, IgnoreStopTokens = true });
        await Task.WhenAll(others);
        return trace;
    }

    private static void AssertSameBits(RecordingTrace expected, RecordingTrace actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        foreach (var name in expected.Names)
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(expected[name]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[name])), $"{name} differs");
        }
    }
}
