using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Decoding.Pruning;
using Inference.Testing;

namespace Inference.Engine.Tests.Pruning;

/// <summary>Requests that drop image rows, beside requests that do not.</summary>
public sealed class PrunedRequestTests
{
    private const int Layers = 8;
    private const string OneImage = "USER: <image>\nIs there a red circle in the image? ASSISTANT:";

    [Theory]
    [InlineData(PositionPolicy.Reindex)]
    [InlineData(PositionPolicy.Keep)]
    public async Task Plans_of_many_shapes_give_the_same_bits_together_as_alone(PositionPolicy positions)
    {
        string[] plans = ["1:.5", "2:.5,4:.25,6:.125", "7:.25", "3:.75,5:.5", "1:.9,2:.8,3:.7,4:.6,5:.5,6:.4,7:.3", "4:.05"];
        var alone = new List<RecordingTrace>();
        foreach (var plan in plans)
        {
            alone.Add(await TraceAlone(plan, positions));
        }

        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        RecordingTrace[] together = [.. plans.Select(_ => new RecordingTrace())];
        var runs = plans.Select((plan, i) =>
        {
            image.AddReference();
            return fixture.Run(Request(fixture, image, plan, positions) with { Trace = together[i], PrefillChunk = 3 + i });
        }).ToList();
        for (var i = 0; i < 8; i++)
        {
            runs.Add(fixture.Run(fixture.Request(EngineFixture.TextPrompt(9 + (7 * i), seed: i), EngineFixture.Greedy(10 + i)) with
            {
                IgnoreStopTokens = true,
            }));
        }

        await Task.WhenAll(runs);
        for (var i = 0; i < plans.Length; i++)
        {
            AssertSameBits(alone[i], together[i], plans[i]);
        }
    }

    [Fact]
    public async Task A_budget_is_that_of_each_image()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var (first, second) = (fixture.Image(), fixture.Image("photo0.jpg"));
        var prompt = fixture.ImagesPrompt("USER: <image>\nand <image>\nWhich is red? ASSISTANT:", first, second);
        var plan = PruningPlan.Parse("2:.5,5:.25", PositionPolicy.Reindex);
        var trace = new RecordingTrace();
        var answer = await fixture.Run(new GenerationRequest
        {
            Prompt = prompt, Images = [first, second], Sampling = EngineFixture.Greedy(4), Pruning = plan, Trace = trace,
            IgnoreStopTokens = true,
        });

        Assert.Equal(4, answer.Tokens.Count);
        var (kept, rows) = (trace["kept_original.1"], first.Rows);
        Assert.Equal(rows / 4, kept.Count(offset => offset < rows));
        Assert.Equal(second.Rows / 4, kept.Count(offset => offset >= rows));
        Assert.Equal([(first.Rows + second.Rows) / 2, (first.Rows + second.Rows) / 4], answer.Result.Usage.Pruning!.KeptTokens);
    }

    [Fact]
    public async Task Usage_counts_kept_tokens_and_the_bytes_of_the_layers_behind()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var shape = fixture.DecoderShape;
        var answer = await fixture.Run(Request(fixture, fixture.Image(), "2:.5,4:.25,6:.125", PositionPolicy.Reindex));
        var usage = answer.Result.Usage;
        Assert.Equal(16, usage.ImageTokens);
        Assert.Equal([8, 4, 2], usage.Pruning!.KeptTokens);
        Assert.Equal((8 + 12 + 14) * 2L * 2 * shape.KvWidth * sizeof(float), usage.Pruning.KvBytesSaved);
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    [Fact]
    public async Task A_plan_without_images_does_nothing()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var request = fixture.Request(EngineFixture.TextPrompt(30, seed: 4), EngineFixture.Greedy(8)) with { IgnoreStopTokens = true };
        var plain = await fixture.Run(request);
        var pruned = await fixture.Run(request with { Pruning = PruningPlan.Parse("1:.1", PositionPolicy.Reindex) });
        Assert.Equal(plain.Ids, pruned.Ids);
        Assert.Null(pruned.Result.Usage.Pruning);
    }

    [Fact]
    public async Task Pages_are_reserved_for_what_each_layer_holds()
    {
        // An unread token pauses the request where it can be looked at.
        using var fixture = new EngineFixture(
            new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, UnreadTokens = 1 }, models: Goldens.LlamaDeep);
        var request = Request(fixture, fixture.Image(), "1:.1", PositionPolicy.Reindex);
        // Behind the stage one page holds text, one image row and the answer; before it two are needed.
        var answer = KvGeometry.PageSize - request.Prompt.TextTokens;
        Assert.True(answer > 1);
        var generation = fixture.Submit(request with { Sampling = EngineFixture.Greedy(answer) });
        await generation.Queued;
        Assert.Equal(2 + (Layers - 1), fixture.Engine.Load(fixture.Model).KvPagesUsed);
        Assert.Equal(answer, (await Answer.Of(generation)).Tokens.Count);
    }

    [Fact]
    public async Task Rows_that_wait_are_given_back_however_a_request_ends()
    {
        var options = new EngineOptions { ContextLength = 128, KvBytes = 32 << 20, BoundaryRows = 1, StepRows = 64 };
        using var fixture = new EngineFixture(options, models: Goldens.LlamaDeep);
        var image = fixture.Image();
        for (var i = 0; i < 12; i++)
        {
            using var stop = new CancellationTokenSource();
            image.AddReference();
            var request = Request(fixture, image, "2:.5,4:.25", PositionPolicy.Keep) with
            {
                PrefillChunk = 1,
                CancellationToken = stop.Token,
            };
            var generation = fixture.Submit(request);
            await generation.Queued;
            await stop.CancelAsync();
            await generation.Completion;
        }

        // Boundary rows for one context are three prompts: were any lost, this would wait for ever.
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
        {
            image.AddReference();
            return fixture.Run(Request(fixture, image, "2:.5,4:.25", PositionPolicy.Keep));
        })).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(answers, answer => Assert.Equal(answers[0].Ids, answer.Ids));
    }

    [Fact]
    public void A_layer_that_the_model_does_not_have_is_refused_before_queueing()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var request = Request(fixture, fixture.Image(), "8:.5", PositionPolicy.Reindex);
        Assert.Equal("stages[0].layer", Assert.Throws<PruningException>(() => fixture.Submit(request)).Field);
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).Queued);
    }

    private static GenerationRequest Request(EngineFixture fixture, EngineImage image, string plan, PositionPolicy positions) =>
        fixture.Request(fixture.ImagePrompt(image, OneImage), EngineFixture.Greedy(12), image) with
        {
            Pruning = PruningPlan.Parse(plan, positions),
            IgnoreStopTokens = true,
        };

    private static async Task<RecordingTrace> TraceAlone(string plan, PositionPolicy positions)
    {
        using var fixture = new EngineFixture(threads: 1, models: Goldens.LlamaDeep);
        var trace = new RecordingTrace();
        await fixture.Run(Request(fixture, fixture.Image(), plan, positions) with { Trace = trace });
        return trace;
    }

    private static void AssertSameBits(RecordingTrace expected, RecordingTrace actual, string plan)
    {
        foreach (var name in expected.Names.Where(name => !name.StartsWith("features", StringComparison.Ordinal)))
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(expected[name]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[name])),
                $"{plan}: {name} differs");
        }
    }
}
