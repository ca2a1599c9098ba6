using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>The promise to users: the same request gives the same bits, whoever is beside it and however the work is cut.</summary>
public sealed class DeterminismTests
{
    private const string Prompt = "USER: <image>\nDescribe the region [0.12,0.40,0.35,0.66] in detail. ASSISTANT:";

    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    [InlineData(Goldens.ClipLlamaBf16)]
    public async Task Every_number_is_the_same_alone_chunked_beside_others_and_on_one_thread(string model)
    {
        var alone = await Trace(model, beside: 0, chunk: null, threads: 2);
        AssertSameBits(alone, await Trace(model, beside: 0, chunk: 7, threads: 2));
        AssertSameBits(alone, await Trace(model, beside: 16, chunk: null, threads: 2));
        AssertSameBits(alone, await Trace(model, beside: 16, chunk: 7, threads: 1));
    }

    [Fact]
    public async Task Keys_and_values_in_bfloat16_keep_the_promise_in_half_the_memory()
    {
        var options = new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, KvFormat = NumberFormat.BF16 };
        var alone = await Trace(Goldens.ClipLlama, beside: 0, chunk: null, threads: 2, options);
        AssertSameBits(alone, await Trace(Goldens.ClipLlama, beside: 16, chunk: 7, threads: 1, options));

        using var single = new EngineFixture(options with { KvFormat = NumberFormat.F32 });
        using var half = new EngineFixture(options);
        var pages = single.Engine.Load(single.Model).KvPagesTotal;
        Assert.InRange(half.Engine.Load(half.Model).KvPagesTotal, 2 * pages, (2 * pages) + 1);
    }

    [Fact]
    public async Task A_seed_gives_the_same_tokens_in_any_batch()
    {
        using var fixture = new EngineFixture();
        var sampling = new SamplingParameters { DoSample = true, Temperature = 1.5f, TopP = 0.95f, Seed = 11, MaxTokens = 40 };
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 1), sampling) with { IgnoreStopTokens = true };
        var alone = await fixture.Run(request);

        var others = Enumerable.Range(0, 12)
            .Select(i => fixture.Run(fixture.Request(EngineFixture.TextPrompt(10 + (7 * i), seed: 50 + i), sampling with
            {
                Seed = (ulong)i,
            })))
            .ToArray();
        var together = await fixture.Run(request);
        await Task.WhenAll(others);

        Assert.Equal(alone.Ids, together.Ids);
        var otherSeed = await fixture.Run(request with { Sampling = sampling with { Seed = 12 } });
        Assert.NotEqual(alone.Ids, otherSeed.Ids);
    }

    private static async Task<RecordingTrace> Trace(string model, int beside, int? chunk, int threads, EngineOptions? options = null)
    {
        using var fixture = new EngineFixture(options, threads, model);
        var image = fixture.Image();
        var others = new List<Task<Answer>>();
        for (var i = 0; i < beside; i++)
        {
            var neighbour = i % 2 == 0
                ? EngineFixture.TextPrompt(3 + (11 * i), seed: i)
                : fixture.ImagePrompt(image, $"Locate: {i}. <image>");
            var images = i % 2 == 0 ? Array.Empty<EngineImage>() : [image];
            others.Add(fixture.Run(fixture.Request(neighbour, EngineFixture.Greedy(5 + i), images) with
            {
                PrefillChunk = chunk,
                IgnoreStopTokens = true,
            }));
        }

        var trace = new RecordingTrace();
        var request = fixture.Request(fixture.ImagePrompt(image, Prompt), EngineFixture.Greedy(12), image);
        image.AddReference();
        await fixture.Run(request with { Trace = trace, PrefillChunk = chunk, IgnoreStopTokens = true });
        await Task.WhenAll(others);
        return trace;
    }

    private static void AssertSameBits(RecordingTrace expected, RecordingTrace actual)
    {
        Assert.Equal(expected.Names.Where(IsOfRequest), actual.Names.Where(IsOfRequest));
        foreach (var name in expected.Names.Where(IsOfRequest))
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(expected[name]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[name])), $"{name} differs");
        }
    }

    // Features are reported when the image is encoded for the traced request; a neighbour may have had it encoded before.
    private static bool IsOfRequest(string name) => !name.StartsWith("features", StringComparison.Ordinal);
}
