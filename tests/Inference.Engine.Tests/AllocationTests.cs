using Inference.Decoding.Pruning;
using Inference.Engine.Tests.Companions;
using Inference.Engine.Tests.Probes;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>A decode step allocates nothing but the event it emits.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    // A TokenEvent (72), its text (a string of a few characters, 32 to 56), and the segment of the reader's queue that holds it.
    private const double EventBytes = 160;

    [Fact]
    public async Task A_decode_step_allocates_no_more_than_the_event_it_emits()
    {
        using var fixture = new EngineFixture(new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, UnreadTokens = 1000 });
        await Measure(fixture, 300);
        var few = await Measure(fixture, 50);
        var many = await Measure(fixture, 450);
        var perStep = (many - few) / 400.0;
        Assert.InRange(perStep, 1, EventBytes);
    }

    [Fact]
    public async Task Probes_allocate_no_more_than_the_scores_that_they_emit()
    {
        using var fixture = new EngineFixture(RandomProbe.Several, new EngineOptions
        {
            ContextLength = 512,
            KvBytes = 32 << 20,
            UnreadTokens = 1000,
        });
        GenerationRequest Request(int tokens) =>
            fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(tokens)) with
            {
                IgnoreStopTokens = true,
                Probes = fixture.Probes,
            };
        await Measure(fixture, Request(300));
        var few = await Measure(fixture, Request(50));
        var many = await Measure(fixture, Request(450));
        // An array of four scores of 16 bytes, and the event that waited for them.
        Assert.InRange((many - few) / 400.0, 1, EventBytes + 24 + (4 * 16) + 64);
    }

    [Fact]
    public async Task Layers_of_different_lengths_allocate_no_more()
    {
        using var fixture = new EngineFixture(
            new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, UnreadTokens = 1000 }, models: Goldens.LlamaDeep);
        await MeasurePruned(fixture, 300);
        var few = await MeasurePruned(fixture, 50);
        var many = await MeasurePruned(fixture, 450);
        Assert.InRange((many - few) / 400.0, 1, EventBytes);
    }

    [Theory]
    [InlineData("vcd relative-top=0")]
    [InlineData("vcd relative-top=0.9")]
    [InlineData("m3id lambda=0.01 alpha=1")]
    public async Task A_companion_allocates_no_more(string strategy)
    {
        using var fixture = new CompanionFixture(new EngineOptions { ContextLength = 512, KvBytes = 64 << 20, UnreadTokens = 1000 });
        await Measure(fixture.Base, fixture.Request(strategy, EngineFixture.Greedy(300)));
        var few = await Measure(fixture.Base, fixture.Request(strategy, EngineFixture.Greedy(50)));
        var many = await Measure(fixture.Base, fixture.Request(strategy, EngineFixture.Greedy(400)));
        Assert.InRange((many - few) / 350.0, 1, EventBytes);
    }

    private static async Task<long> MeasurePruned(EngineFixture fixture, int tokens)
    {
        var image = fixture.Image();
        var prompt = fixture.ImagePrompt(image, "USER: <image>\nWhat? ASSISTANT:");
        var plan = PruningPlan.Parse("2:.5,4:.25,6:.125", PositionPolicy.Keep);
        return await Measure(fixture, fixture.Request(prompt, EngineFixture.Greedy(tokens), image) with
        {
            IgnoreStopTokens = true,
            Pruning = plan,
        });
    }

    // The reader starts when everything has been emitted, so that only the step loop allocates in between.
    private static async Task<long> Measure(EngineFixture fixture, int tokens) =>
        await Measure(fixture, fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(tokens)) with
        {
            IgnoreStopTokens = true,
        });

    // The runtime and the test host allocate now and then as well; the least of several runs is what the request takes.
    private static async Task<long> Measure(EngineFixture fixture, GenerationRequest request)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 10; run++)
        {
            GC.Collect();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var generation = fixture.Submit(request);
            await generation.Completion;
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}

/// <summary>Bytes are counted over the whole process: nothing else may run.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;
