using System.Runtime.InteropServices;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests.Probes;

/// <summary>
/// Probes only look: the numbers of a request are the same bits with and without them, and scores are the same bits in any batch.
/// </summary>
public sealed class ProbeNeutralityTests
{
    private const int Layers = 8;
    private static readonly string?[] Strategies = [null, "dola", "layer-mix", null, "deco", "unleash"];
    private static readonly string?[] Plans = [null, "2:.5,5:.25", "1:.25", null, "4:.5,6:.125"];

    [Theory]
    [InlineData(null, null)]
    [InlineData("dola", null)]
    [InlineData("layer-mix", "2:.5,5:.25")]
    [InlineData(null, "2:.5,4:.25,6:.125")]
    public async Task Numbers_are_the_same_bits_with_probes_and_without_alone_chunked_and_beside_sixteen_others(
        string? strategy, string? plan)
    {
        var plain = await Run(strategy, plan, probes: false, beside: 0, chunk: null, threads: 2);
        var alone = await Run(strategy, plan, probes: true, beside: 0, chunk: null, threads: 2);
        AssertSameBits(plain.Trace, alone.Trace);
        Assert.Equal(plain.Answer.Ids, alone.Answer.Ids);
        Assert.Equal(plain.Answer.Text, alone.Answer.Text);
        Assert.All(plain.Answer.Tokens, token => Assert.Empty(token.Scores));
        Assert.All(alone.Answer.Tokens, token => Assert.Equal(4, token.Scores.Count));

        foreach (var (chunk, threads) in new[] { ((int?)null, 2), (3, 1) })
        {
            var crowd = await Run(strategy, plan, probes: true, beside: 16, chunk, threads);
            AssertSameBits(plain.Trace, crowd.Trace);
            Assert.Equal(
                alone.Answer.Tokens.SelectMany(token => token.Scores.Select(Bits)),
                crowd.Answer.Tokens.SelectMany(token => token.Scores.Select(Bits)));
            AssertSameBits(plain.Trace, (await Run(strategy, plan, probes: false, beside: 16, chunk, threads)).Trace);
        }
    }

    [Fact]
    public async Task A_context_is_filled_to_the_last_token()
    {
        var options = new EngineOptions { ContextLength = 64, KvBytes = 1, MaxSequences = 2 };
        using var fixture = new EngineFixture(RandomProbe.Several, options, models: Goldens.LlamaDeep);
        var request = fixture.Request(EngineFixture.TextPrompt(34, 2), EngineFixture.Greedy(30)) with { IgnoreStopTokens = true };
        var answer = await fixture.Run(request with { Probes = fixture.Probes });
        Assert.Equal((await fixture.Run(request)).Ids, answer.Ids);
        Assert.All(answer.Tokens, token => Assert.Equal(4, token.Scores.Count));
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    private static (int Logit, int Probability) Bits(ProbeScore score) =>
        (BitConverter.SingleToInt32Bits(score.Logit), BitConverter.SingleToInt32Bits(score.Probability));

    private static async Task<(RecordingTrace Trace, Answer Answer)> Run(
        string? strategy, string? plan, bool probes, int beside, int? chunk, int threads)
    {
        using var fixture = new EngineFixture(RandomProbe.Several, threads: threads, models: Goldens.LlamaDeep);
        var image = fixture.Image();
        List<Task<Answer>> others = [];
        for (var i = 0; i < beside; i++)
        {
            image.AddReference();
            var neighbour = Request(fixture, image, Strategies[i % Strategies.Length], Plans[i % Plans.Length], tokens: 3 + i);
            others.Add(fixture.Run(neighbour with
            {
                PrefillChunk = chunk,
                Probes = i % 3 == 0 ? [] : [fixture.Probes[i % 4], fixture.Probes[(i + 1) % 4]],
            }));
        }

        var trace = new RecordingTrace();
        var request = Request(fixture, image, strategy, plan, tokens: 12) with { PrefillChunk = chunk, Trace = trace };
        var answer = await fixture.Run(request with { Probes = probes ? fixture.Probes : [] });
        await Task.WhenAll(others);
        return (trace, answer);
    }

    private static GenerationRequest Request(EngineFixture fixture, EngineImage image, string? strategy, string? plan, int tokens)
    {
        var made = strategy is null
            ? null
            : StrategyRegistry.Create(StrategyChoice.Parse(strategy, []), new StrategyContext(Layers, IsGreedy: true));
        return fixture.Request(
            fixture.ImagePrompt(image, "USER: <image>\nIs there a red circle? ASSISTANT:"),
            EngineFixture.Greedy(tokens) with { Strategy = made }, image) with
        {
            Pruning = plan is null ? null : PruningPlan.Parse(plan, PositionPolicy.Keep),
            IgnoreStopTokens = true,
        };
    }

    private static void AssertSameBits(RecordingTrace expected, RecordingTrace actual)
    {
        static bool IsOfRequest(string name) => !name.StartsWith("features", StringComparison.Ordinal);
        Assert.Equal(expected.Names.Where(IsOfRequest), actual.Names.Where(IsOfRequest));
        foreach (var name in expected.Names.Where(IsOfRequest))
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(expected[name]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[name])), $"{name} differs");
        }
    }
}
