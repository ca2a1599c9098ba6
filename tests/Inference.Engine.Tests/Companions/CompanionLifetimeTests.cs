using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;

namespace Inference.Engine.Tests.Companions;

/// <summary>How companions come and go: too little memory, too few places, readers that stop, requests that end early.</summary>
public sealed class CompanionLifetimeTests
{
    private const int Tokens = 40;

    [Theory]
    [InlineData(long.MaxValue, 64)]
    [InlineData(0L, 64)]
    [InlineData(long.MaxValue, 3)]
    [InlineData(0L, 1)]
    public async Task Requests_that_outgrow_the_memory_make_room_and_finish_with_the_same_bits(long cache, int places)
    {
        // Pages for one sequence of full context, of which each request and its companion take more than half.
        using var tight = new CompanionFixture(new EngineOptions
        {
            ContextLength = 256,
            KvBytes = 1,
            PrefixCacheBytes = cache,
            MaxSequences = places,
        });
        using var roomy = new CompanionFixture(new EngineOptions { ContextLength = 256, KvBytes = 64 << 20 });
        var expected = await Task.WhenAll(Requests(roomy).Select(request => roomy.Run(request)));
        var answers = await Task.WhenAll(Requests(tight).Select(request => tight.Run(request))).WaitAsync(TimeSpan.FromMinutes(2));
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Ids, answers[i].Ids);
            Assert.Equal(expected[i].Tokens.Select(token => token.Logprob), answers[i].Tokens.Select(token => token.Logprob));
        }

        Assert.True(tight.Load.Preemptions > 0 || places == 1);
        Assert.Equal((0, 0, 0), (tight.Load.Queued, tight.Load.Running, tight.Load.KvPagesUsed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Readers_that_stop_and_go_work_that_can_wait_and_those_that_leave_hold_nobody_up(int seed)
    {
        var random = new Random(seed);
        using var tight = new CompanionFixture(new EngineOptions
        {
            ContextLength = 256, KvBytes = 1, MaxSequences = 1 + random.Next(5), UnreadTokens = 2,
            BatchDelay = TimeSpan.FromMilliseconds(10),
            PrefixCacheBytes = random.Next(2) * long.MaxValue, StepRows = 8 + random.Next(100),
        });
        using var roomy = new CompanionFixture(new EngineOptions { ContextLength = 256, KvBytes = 64 << 20 });
        var expected = await Task.WhenAll(Requests(roomy).Select(request => roomy.Run(request)));
        var answers = await Task.WhenAll(Requests(tight).Select(async (request, i) =>
        {
            using var source = new CancellationTokenSource();
            var (pause, leave) = (random.Next(Tokens), i % 5 == 4 ? random.Next(Tokens) : -1);
            var generation = tight.Base.Submit(request with
            {
                Priority = i % 3 == 0 ? RequestPriority.Batch : RequestPriority.Online,
                CancellationToken = source.Token,
            });
            var ids = new List<int>();
            await foreach (var token in generation.ReadAllAsync())
            {
                ids.Add(token.Id);
                if (token.Index == pause)
                {
                    await Task.Delay(20);
                }

                if (token.Index == leave)
                {
                    await source.CancelAsync();
                }
            }

            return (Ids: ids, HasLeft: leave >= 0);
        })).WaitAsync(TimeSpan.FromMinutes(2));
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(answers[i].HasLeft ? expected[i].Ids[..answers[i].Ids.Count] : expected[i].Ids, answers[i].Ids);
        }

        Assert.Equal((0, 0, 0), (tight.Load.Queued, tight.Load.Running, tight.Load.KvPagesUsed));
    }

    [Fact]
    public async Task Traced_requests_end_where_none_of_them_makes_room()
    {
        using var tight = new CompanionFixture(new EngineOptions { ContextLength = 256, KvBytes = 1, MaxSequences = 3 });
        var requests = Requests(tight).Select((request, i) => request with { Trace = i % 2 == 0 ? new RecordingTrace() : null });
        var answers = await Task.WhenAll(requests.Select(request => tight.Run(request))).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.All(answers, answer => Assert.Equal(Tokens, answer.Ids.Length));
        Assert.Equal(0, tight.Load.KvPagesUsed);
    }

    [Theory]
    [InlineData("vcd relative-top=0")]
    [InlineData("m3id lambda=0.1 alpha=1")]
    public async Task A_cancelled_request_takes_its_companion_with_it(string strategy)
    {
        using var fixture = new CompanionFixture();
        using var source = new CancellationTokenSource();
        var other = fixture.Run(fixture.Request(strategy, EngineFixture.Greedy(Tokens), "USER: <image>\nWhat? ASSISTANT:"));
        var generation = fixture.Base.Submit(fixture.Request(strategy, EngineFixture.Greedy(300)) with
        {
            CancellationToken = source.Token,
        });
        var seen = 0;
        await foreach (var token in generation.ReadAllAsync())
        {
            if (++seen == 3)
            {
                await source.CancelAsync();
            }
        }

        Assert.Equal(FinishReason.Cancelled, (await generation.Completion).Reason);
        Assert.Equal(Tokens, (await other).Ids.Length);
        Assert.Equal((0, 0, 0), (fixture.Load.Queued, fixture.Load.Running, fixture.Load.KvPagesUsed));
    }

    [Fact]
    public async Task A_reader_that_is_behind_pauses_both_and_loses_nothing()
    {
        using var fixture = new CompanionFixture(new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, UnreadTokens = 2 });
        var request = fixture.Request("vcd relative-top=0", EngineFixture.Greedy(20));
        var straight = await fixture.Run(request);
        var generation = fixture.Base.Submit(request);
        await Task.Delay(150);
        Assert.False(generation.Completion.IsCompleted);
        Assert.Equal(straight.Ids, (await Answer.Of(generation)).Ids);
    }

    [Fact]
    public async Task A_trace_that_breaks_ends_both_and_nobody_else()
    {
        using var fixture = new CompanionFixture();
        var other = fixture.Run(fixture.Request("vcd", EngineFixture.Greedy(Tokens)));
        var broken = await fixture.Run(fixture.Request("vcd relative-top=0", EngineFixture.Greedy(Tokens)) with
        {
            Trace = new BreaksAtStep(5),
        });
        Assert.Equal(FinishReason.Failed, broken.Result.Reason);
        Assert.Equal(Tokens, (await other).Ids.Length);
        Assert.Equal((0, 0, 0), (fixture.Load.Queued, fixture.Load.Running, fixture.Load.KvPagesUsed));
    }

    [Fact]
    public void What_cannot_have_a_companion_is_refused()
    {
        using var fixture = new CompanionFixture(new EngineOptions { ContextLength = 256, KvBytes = 1 });
        var request = fixture.Request("vcd", EngineFixture.Greedy(Tokens));
        Assert.Throws<ArgumentException>(() => fixture.Base.Submit(request with { CompanionImages = [] }));

        // One of them fits, two do not.
        var most = 256 - fixture.Prompt.InputIds.Length;
        var refusal = Assert.Throws<AdmissionException>(() => fixture.Base.Submit(fixture.Request("vcd", EngineFixture.Greedy(most))));
        Assert.Equal(AdmissionError.KvTooSmall, refusal.Error);
        Assert.Equal(0, fixture.Load.Queued);
    }

    private static IEnumerable<GenerationRequest> Requests(CompanionFixture fixture)
    {
        string?[] strategies = ["vcd", null, "m3id lambda=0.1", "vcd relative-top=0.9", "deco", "m3id lambda=0.1 alpha=0.02"];
        for (var i = 0; i < 12; i++)
        {
            var request = fixture.Request(
                strategies[i % strategies.Length], CompanionFixture.Drawing(Tokens) with { Seed = (ulong)i },
                $"USER: <image>\nWhat is {i}? ASSISTANT:");
            yield return request with { Pruning = i % 4 == 3 ? PruningPlan.Parse("2:.5,4:.25", PositionPolicy.Keep) : null };
        }
    }

    private sealed class BreaksAtStep(int last) : IGenerationTrace
    {
        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
        {
        }

        public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
        {
            if (step == last)
            {
                throw new InvalidOperationException("broken");
            }
        }
    }
}
