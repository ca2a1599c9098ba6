using System.Runtime.InteropServices;
using Inference.Decoding.Pruning;
using Inference.Models.Vision;
using Inference.Testing;

namespace Inference.Engine.Tests.Pruning;

/// <summary>Images that fewer rows stand for.</summary>
public sealed class ReducedImageTests
{
    public static IEnumerable<object[]> Methods =>
        from method in ReductionRegistry.All
        from model in new[] { Goldens.ClipLlama, Goldens.SiglipQwen2, Goldens.NextMistral }
        select new object[] { method.Name, model };

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Rows_are_as_many_as_foretold_and_usage_tells_what_there_were(string method, string model)
    {
        using var fixture = new EngineFixture(models: model);
        var (whole, reduced) = (await Run(fixture, reduction: null), await Run(fixture, $"{method}:.4"));
        var (rows, fewer) = (whole.Image.Rows, reduced.Image.Rows);
        Assert.Equal(rows, reduced.Image.EncodedRows);
        Assert.InRange(fewer, 1, method == "resize" ? rows / 2 : (int)(rows * 0.4));
        Assert.Equal(fewer * fixture.DecoderShape.Width, reduced.Trace["features.0"].Length);
        var usage = reduced.Answer.Result.Usage;
        Assert.Equal((fewer, rows), (usage.ImageTokens, usage.Pruning!.EncodedTokens));
        Assert.Equal(
            (long)(rows - fewer) * fixture.DecoderShape.Layers * 2 * fixture.DecoderShape.KvWidth * sizeof(float),
            usage.Pruning.KvBytesSaved);
        Assert.Null(whole.Answer.Result.Usage.Pruning);
        AssertChosen(fixture, whole.Trace["features.0"], reduced.Trace["features.0"], usage.Pruning.ChosenRows, method);
    }

    [Theory]
    [InlineData("divprune")]
    [InlineData("visionzip")]
    [InlineData("resize")]
    public async Task Threads_slices_and_neighbours_change_no_bit(string method)
    {
        using var single = new EngineFixture(threads: 1, models: Goldens.ClipLlama);
        var alone = await Run(single, $"{method}:.5");
        using var fixture = new EngineFixture(
            new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, StreamStall = 0 }, models: Goldens.ClipLlama);
        var beside = fixture.Run(fixture.Request(EngineFixture.TextPrompt(20, seed: 1), EngineFixture.Greedy(60)) with
        {
            IgnoreStopTokens = true,
        });
        var together = await Run(fixture, $"{method}:.5");
        await beside;
        Assert.True(
            MemoryMarshal.AsBytes<float>(alone.Trace["features.0"]).SequenceEqual(
                MemoryMarshal.AsBytes<float>(together.Trace["features.0"])));
        Assert.Equal(alone.Answer.Ids, together.Answer.Ids);
    }

    [Fact]
    public async Task A_reduction_that_keeps_everything_changes_no_bit()
    {
        using var fixture = new EngineFixture(models: Goldens.ClipLlama);
        var whole = await Run(fixture, reduction: null);
        foreach (var method in ReductionRegistry.All)
        {
            Assert.Equal(whole.Trace["features.0"], (await Run(fixture, $"{method.Name}:1")).Trace["features.0"]);
        }
    }

    [Fact]
    public async Task A_reduction_and_stages_work_on_one_image()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var run = await Run(fixture, "divprune:.5", PruningPlan.Parse("2:.5", PositionPolicy.Reindex));
        var usage = run.Answer.Result.Usage.Pruning!;
        Assert.Equal((16, 8), (usage.EncodedTokens, run.Image.Rows));
        Assert.Equal([4], usage.KeptTokens);
        Assert.Equal(8, usage.ChosenRows.Count);
    }

    private static void AssertChosen(EngineFixture fixture, float[] whole, float[] reduced, IReadOnlyList<int> chosen, string method)
    {
        if (method == "resize")
        {
            Assert.Empty(chosen);
            return;
        }

        var width = fixture.DecoderShape.Width;
        for (var i = 0; i < chosen.Count; i++)
        {
            Assert.True(i == 0 || chosen[i] > chosen[i - 1]);
            Assert.Equal(whole.AsSpan(chosen[i] * width, width), reduced.AsSpan(i * width, width));
        }
    }

    private static async Task<(EngineImage Image, RecordingTrace Trace, Answer Answer)> Run(
        EngineFixture fixture, string? reduction, PruningPlan? plan = null)
    {
        var image = fixture.Image(reduction: reduction is null ? null : PruningChoice.ParseReduction(reduction));
        var trace = new RecordingTrace();
        var prompt = fixture.ImagePrompt(image, "USER: <image>\nWhat is it? ASSISTANT:");
        var answer = await fixture.Run(fixture.Request(prompt, EngineFixture.Greedy(4), image) with
        {
            Trace = trace,
            Pruning = plan,
            IgnoreStopTokens = true,
        });
        return (image, trace, answer);
    }
}
