using System.Runtime.InteropServices;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;

namespace Inference.Engine.Tests.Companions;

/// <summary>
/// A companion is read when it is asked and not before; neither that, nor the batch, nor the memory changes a bit of the answer.
/// </summary>
public sealed class CompanionNeutralityTests
{
    private const int Tokens = 40;

    // Always asked, asked now and then, never asked.
    public static TheoryData<string> Strategies =>
        ["vcd relative-top=0", "vcd relative-top=0.9", "vcd relative-top=1", "m3id lambda=0.1 alpha=1", "m3id lambda=0.1 alpha=0.02"];

    [Theory]
    [InlineData("vcd alpha=0 relative-top=0")]
    [InlineData("m3id lambda=0")]
    [InlineData("m3id alpha=0")]
    public async Task Without_weight_it_is_plain_decoding(string strategy)
    {
        using var fixture = new CompanionFixture();
        var plain = fixture.Request(null, EngineFixture.Greedy(Tokens));
        var weightless = fixture.Request(strategy, EngineFixture.Greedy(Tokens));
        AssertSameBits(await fixture.Trace(plain), await fixture.Trace(weightless));
        Assert.Equal((await fixture.Run(plain)).Ids, (await fixture.Run(weightless)).Ids);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Read_late_and_in_chunks_it_gives_the_tokens_of_a_trace_that_reads_it_always(string strategy)
    {
        using var fixture = new CompanionFixture();
        foreach (var sampling in new[] { EngineFixture.Greedy(Tokens), CompanionFixture.Drawing(Tokens) })
        {
            var request = fixture.Request(strategy, sampling);
            var traced = await fixture.Run(request with { Trace = new RecordingTrace() });
            AssertSame(traced, await fixture.Run(request));
            AssertSame(traced, await fixture.Run(request with { PrefillChunk = 3, CacheSalt = "apart" }));
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Scores_are_the_same_bits_alone_chunked_and_beside_sixteen_others(string strategy)
    {
        var alone = await Crowded(strategy, beside: 0, chunk: null, threads: 2);
        AssertSameBits(alone, await Crowded(strategy, beside: 16, chunk: null, threads: 2));
        AssertSameBits(alone, await Crowded(strategy, beside: 16, chunk: 5, threads: 1));
    }

    [Fact]
    public async Task What_is_not_asked_is_not_read_and_what_is_asked_always_takes_no_steps_of_its_own()
    {
        using var fixture = new CompanionFixture(new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, PrefixCacheBytes = 0 });
        var (plainSteps, plainRows) = await Cost(null);
        Assert.Equal((plainSteps, plainRows), await Cost("vcd relative-top=1"));

        var (steps, rows) = await Cost("vcd relative-top=0");
        // The companion's prompt, the token behind it, and the owner's last step, which it need not wait for.
        Assert.InRange(steps, plainSteps + 1, plainSteps + 3);
        Assert.InRange(rows, (2 * plainRows) - 2, 2 * plainRows);

        async Task<(long Steps, long Rows)> Cost(string? strategy)
        {
            var before = fixture.Load;
            await fixture.Run(fixture.Request(strategy, EngineFixture.Greedy(Tokens)));
            return (fixture.Load.Steps - before.Steps, fixture.Load.StepRows - before.StepRows);
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task An_answer_begun_elsewhere_goes_on_with_the_same_scores(string strategy)
    {
        using var fixture = new CompanionFixture();
        var request = fixture.Request(strategy, CompanionFixture.Drawing(Tokens) with { RepetitionPenalty = 1.2f });
        var whole = await fixture.Run(request);
        foreach (var cut in new[] { 1, 13, Tokens - 1 })
        {
            var rest = await fixture.Run(request with { Continuation = whole.Ids[..cut], CacheSalt = $"{cut}" });
            Assert.Equal(whole.Ids[cut..], rest.Ids);
            Assert.Equal(whole.Tokens.Skip(cut).Select(token => token.Logprob), rest.Tokens.Select(token => token.Logprob));
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Rows_are_dropped_from_both(string strategy)
    {
        using var fixture = new CompanionFixture();
        var request = fixture.Request(strategy, EngineFixture.Greedy(Tokens));
        var plain = await fixture.Trace(request);
        AssertSameScores(plain, await fixture.Trace(request with { Pruning = PruningPlan.Parse("2:1,5:1", PositionPolicy.Reindex) }));

        var pruned = request with { Pruning = PruningPlan.Parse("2:.5,5:.25", PositionPolicy.Reindex) };
        var scores = await fixture.Trace(pruned);
        Assert.NotEqual(plain["scores"], scores["scores"]);
        AssertSameScores(scores, await fixture.Trace(pruned with { PrefillChunk = 3 }));
        Assert.Equal((await fixture.Run(pruned with { Trace = new RecordingTrace() })).Ids, (await fixture.Run(pruned)).Ids);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Probes_look_at_the_answer_alone(string strategy)
    {
        using var fixture = new CompanionFixture();
        var request = fixture.Request(strategy, EngineFixture.Greedy(Tokens));
        var plain = await fixture.Run(request);
        var probed = await fixture.Run(request with { Probes = fixture.Base.Probes });
        AssertSame(plain, probed);
        Assert.All(probed.Tokens, token => Assert.Equal(fixture.Base.Probes.Count, token.Scores.Count));

        // Scores depend on the tokens alone, whoever chose them.
        var fed = await fixture.Run(fixture.Request(null, EngineFixture.Greedy(Tokens)) with
        {
            Continuation = plain.Ids[..^1],
            Probes = fixture.Base.Probes,
        });
        if (fed.Ids[0] == plain.Ids[^1])
        {
            Assert.Equal(probed.Tokens[^1].Scores.Select(score => score.Logit), fed.Tokens[0].Scores.Select(score => score.Logit));
        }
    }

    [Fact]
    public async Task Without_an_image_nothing_is_contrasted()
    {
        using var fixture = new CompanionFixture();
        foreach (var (strategy, plain) in new[] { ("vcd", "apc"), ("m3id", null) })
        {
            Assert.Equal((await Text(plain)).Ids, (await Text(strategy)).Ids);
        }

        Task<Answer> Text(string? strategy) => fixture.Run(fixture.Request(strategy, CompanionFixture.Drawing(Tokens)) with
        {
            Prompt = EngineFixture.TextPrompt(20, 3), Images = [], CompanionImages = [],
        });
    }

    private static async Task<RecordingTrace> Crowded(string strategy, int beside, int? chunk, int threads)
    {
        using var fixture = new CompanionFixture(threads: threads);
        string?[] names = [null, "vcd", "m3id lambda=0.2", "dola", "deco", "vcd relative-top=0.9", "layer-mix"];
        List<Task<Answer>> others = [];
        for (var i = 0; i < beside; i++)
        {
            var sampling = i % 3 == 0 ? CompanionFixture.Drawing(5 + (2 * i)) with { Seed = (ulong)i } : EngineFixture.Greedy(5 + (2 * i));
            others.Add(fixture.Run(fixture.Request(names[i % names.Length], sampling, $"USER: <image>\nWhat is {i}? ASSISTANT:") with
            {
                PrefillChunk = chunk,
            }));
        }

        var trace = await fixture.Trace(fixture.Request(strategy, EngineFixture.Greedy(20)) with { PrefillChunk = chunk });
        await Task.WhenAll(others);
        return trace;
    }

    private static void AssertSame(Answer expected, Answer actual)
    {
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected.Tokens.Select(token => token.Logprob), actual.Tokens.Select(token => token.Logprob));
    }

    // Features are reported where the image was encoded for the traced request.
    private static void AssertSameBits(RecordingTrace expected, RecordingTrace actual)
    {
        foreach (var name in expected.Names.Where(name => !name.StartsWith("features", StringComparison.Ordinal)))
        {
            Assert.True(
                MemoryMarshal.AsBytes<float>(expected[name]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual[name])), $"{name} differs");
        }
    }

    private static void AssertSameScores(RecordingTrace expected, RecordingTrace actual) =>
        Assert.True(
            MemoryMarshal.AsBytes<float>(expected["scores"]).SequenceEqual(MemoryMarshal.AsBytes<float>(actual["scores"])),
            "scores differ");
}
