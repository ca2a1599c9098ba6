using System.Runtime.InteropServices;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Testing;

namespace Inference.Engine.Tests.Pruning;

/// <summary>Which rows remain by each ranking, and what it costs.</summary>
public sealed class RankedRequestTests
{
    private const string OneImage = "USER: <image>\nIs there a red circle in the image? ASSISTANT:";

    [Fact]
    public async Task V2drop_keeps_the_rows_that_the_last_block_moved_furthest()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var request = Request(fixture, fixture.Image(), "3:.5", "v2drop");
        var (whole, pruned) = (new RecordingTrace(), new RecordingTrace());
        await fixture.Run(request with { Pruning = null, Trace = whole });
        await fixture.Run(request with { Trace = pruned });

        var span = request.Prompt.Images[0];
        var width = fixture.DecoderShape.Width;
        double Moved(int row) => Math.Sqrt(Enumerable.Range((span.Start + row) * width, width).Sum(
            i => Math.Pow((double)whole["hidden.03"][i] - whole["hidden.02"][i], 2)));
        int[] expected = [.. Enumerable.Range(0, span.Count).OrderByDescending(Moved).Take(span.Count / 2).Order()];
        Assert.Equal(expected.Select(row => (float)row), pruned["kept_original.0"]);
    }

    [Fact]
    public async Task Rankings_give_the_same_bits_together_as_alone()
    {
        (string Ranking, string Plan)[] asked = [.. RankingRegistry.All.SelectMany(
            ranking => new[] { (ranking.Name, "2:.5,4:.25,6:.125"), (ranking.Name, "1:.7,2:.6,3:.3") })];
        var alone = new List<RecordingTrace>();
        foreach (var (ranking, plan) in asked)
        {
            using var single = new EngineFixture(threads: 1, models: Goldens.LlamaDeep);
            alone.Add(new RecordingTrace());
            await single.Run(Request(single, single.Image(), plan, ranking) with { Trace = alone[^1] });
        }

        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        RecordingTrace[] together = [.. asked.Select(_ => new RecordingTrace())];
        await Task.WhenAll(asked.Select((one, i) =>
        {
            image.AddReference();
            return fixture.Run(Request(fixture, image, one.Plan, one.Ranking) with { Trace = together[i], PrefillChunk = 2 + (3 * i) });
        }));
        for (var i = 0; i < asked.Length; i++)
        {
            foreach (var name in alone[i].Names.Where(name => !name.StartsWith("features", StringComparison.Ordinal)))
            {
                Assert.True(
                    MemoryMarshal.AsBytes<float>(alone[i][name]).SequenceEqual(MemoryMarshal.AsBytes<float>(together[i][name])),
                    $"{asked[i]}: {name} differs");
            }
        }
    }

    [Fact]
    public async Task Time_is_spent_on_ranking_only_where_rows_are_dropped()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        image.AddReference();
        var whole = (await fixture.Run(Request(fixture, image, "2:1,4:1", "attention"))).Result.Usage.Pruning!;
        Assert.Equal(TimeSpan.Zero, whole.RankingTime);
        Assert.Equal([16, 16], whole.KeptTokens);
        Assert.Equal(Enumerable.Range(0, 16), whole.KeptRows[1]);
        var half = (await fixture.Run(Request(fixture, image, "2:1,4:.5", "attention"))).Result.Usage.Pruning!;
        Assert.True(half.RankingTime > TimeSpan.Zero);
        Assert.Equal(8, half.KeptRows[1].Count);
    }

    [Theory]
    [InlineData("attention")]
    [InlineData("v2drop")]
    public async Task A_prompt_that_ends_in_its_image_is_pruned_under_a_strategy(string ranking)
    {
        // The last row of the prompt, which the lens reads, may itself be dropped: then the row before it speaks.
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        var request = fixture.Request(fixture.ImagePrompt(image, "Is there a red circle? <image>"), EngineFixture.Greedy(6), image) with
        {
            IgnoreStopTokens = true,
        };
        var strategy = request.Sampling.With(
            new StrategyChoice("dola", new Dictionary<string, string> { ["layers"] = "0,1,3,5,7" }), fixture.DecoderShape.Layers);
        var pruned = request with
        {
            Sampling = strategy,
            Pruning = PruningPlan.Create(
                ScheduleText.Parse("2:.5,4:.25").Resolve(8), PositionPolicy.Reindex, 8, RankingRegistry.Find(ranking)),
        };
        Assert.Equal(request.Prompt.InputIds.Length, request.Prompt.Images[^1].Start + request.Prompt.Images[^1].Count);
        var (alone, chunked) = (new RecordingTrace(), new RecordingTrace());
        var answer = await Shared(fixture, pruned with { Trace = alone });
        Assert.Equal(6, answer.Tokens.Count);
        await Shared(fixture, pruned with { Trace = chunked, PrefillChunk = 5 });
        Assert.Equal(alone["scores"], chunked["scores"]);
        Assert.Equal(alone["layers"], chunked["layers"]);

        // With nothing dropped it is the strategy alone.
        var whole = pruned with { Pruning = PruningPlan.Parse("2:1,4:1", PositionPolicy.Reindex) };
        Assert.Equal((await Shared(fixture, request with { Sampling = strategy })).Ids, (await Shared(fixture, whole)).Ids);
    }

    private static Task<Answer> Shared(EngineFixture fixture, GenerationRequest request)
    {
        request.Images[0].AddReference();
        return fixture.Run(request);
    }

    private static GenerationRequest Request(EngineFixture fixture, EngineImage image, string plan, string ranking)
    {
        image.AddReference();
        return fixture.Request(fixture.ImagePrompt(image, OneImage), EngineFixture.Greedy(8), image) with
        {
            Pruning = PruningPlan.Create(
                PruningPlan.Parse(plan, default).Stages, PositionPolicy.Keep, 8, RankingRegistry.Find(ranking), seed: 5),
            IgnoreStopTokens = true,
        };
    }
}
