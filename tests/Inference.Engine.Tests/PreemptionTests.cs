using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>More requests than memory: all come to their end with the bits they have alone.</summary>
public sealed class PreemptionTests
{
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0L)]
    public async Task Requests_that_outgrow_the_memory_make_room_and_finish_with_the_same_bits(long cache)
    {
        // Pages for one sequence of full context: each of these grows to more than a quarter of it.
        var options = new EngineOptions { ContextLength = 256, KvBytes = 1, PrefixCacheBytes = cache };
        using var fixture = new EngineFixture(options, models: Goldens.LlamaDeep);
        using var roomy = new EngineFixture(new EngineOptions { ContextLength = 512, KvBytes = 64 << 20 }, models: Goldens.LlamaDeep);
        var tight = await Task.WhenAll(Requests(fixture).Select(request => fixture.Run(request)));
        var expected = await Task.WhenAll(Requests(roomy).Select(request => roomy.Run(request)));

        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Ids, tight[i].Ids);
            Assert.Equal(expected[i].Text, tight[i].Text);
            Assert.Equal(expected[i].Tokens.Select(token => token.Logprob), tight[i].Tokens.Select(token => token.Logprob));
            Assert.Equal(expected[i].Result.Usage.Pruning?.KeptTokens, tight[i].Result.Usage.Pruning?.KeptTokens);
        }

        var load = fixture.Engine.Load(fixture.Model);
        Assert.True(load.Preemptions > 0);
        Assert.Equal((0, 0, 0), (load.Queued, load.Running, load.KvPagesUsed));
    }

    [Fact]
    public async Task Work_that_can_wait_makes_room_for_a_request_that_somebody_waits_for()
    {
        var options = new EngineOptions
        {
            ContextLength = 512,
            KvBytes = 32 << 20,
            MaxSequences = 1,
            UnreadTokens = 1000,
            BatchDelay = TimeSpan.FromHours(1),
        };
        using var fixture = new EngineFixture(options);
        var batch = fixture.Request(EngineFixture.TextPrompt(20, 1), EngineFixture.Greedy(400)) with
        {
            IgnoreStopTokens = true,
            Priority = RequestPriority.Batch,
        };
        var alone = await fixture.Run(batch);

        // The step loop tells who gets a token; it submits the second request itself, so that no thread of the test can come too late.
        List<RequestPriority> order = [];
        Task<Answer>? online = null;
        var waiting = await fixture.Run(batch with { Until = _ => Follow(RequestPriority.Batch) });
        Assert.Equal(alone.Ids, waiting.Ids);
        Assert.Equal(5, (await online!).Ids.Length);
        RequestPriority[] expected =
        [
            RequestPriority.Batch,
            .. Enumerable.Repeat(RequestPriority.Online, 5),
            .. Enumerable.Repeat(RequestPriority.Batch, 399),
        ];
        Assert.Equal(expected, order);
        Assert.Equal(1, fixture.Engine.Load(fixture.Model).Preemptions);

        bool Follow(RequestPriority priority)
        {
            order.Add(priority);
            online ??= fixture.Run(batch with
            {
                Prompt = EngineFixture.TextPrompt(20, 2),
                Priority = RequestPriority.Online,
                Sampling = EngineFixture.Greedy(5),
                Until = _ => Follow(RequestPriority.Online),
            });
            return false;
        }
    }

    [Fact]
    public async Task Work_that_has_waited_long_enough_keeps_its_place()
    {
        var options = new EngineOptions
        {
            ContextLength = 512,
            KvBytes = 32 << 20,
            MaxSequences = 1,
            UnreadTokens = 1000,
            BatchDelay = TimeSpan.Zero,
        };
        using var fixture = new EngineFixture(options);
        var batch = fixture.Request(EngineFixture.TextPrompt(20, 1), EngineFixture.Greedy(300)) with
        {
            IgnoreStopTokens = true,
            Priority = RequestPriority.Batch,
        };
        var first = fixture.Submit(batch);
        await first.Queued;
        var online = fixture.Submit(batch with { Priority = RequestPriority.Online, Sampling = EngineFixture.Greedy(1) });
        await online.Queued;
        Assert.True(first.Completion.IsCompleted);
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).Preemptions);
    }

    [Fact]
    public async Task A_request_that_breaks_a_step_fails_alone()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var expected = new List<Answer>();
        foreach (var request in Requests(fixture))
        {
            expected.Add(await fixture.Run(request));
        }

        var runs = Requests(fixture).Select(request => fixture.Run(request)).ToList();
        var broken = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(30, 99), EngineFixture.Greedy(4)) with
        {
            Trace = new BrokenTrace(),
        });
        runs.AddRange(Requests(fixture).Select(request => fixture.Run(request with { CacheSalt = "again" })));

        Assert.Equal(FinishReason.Failed, (await broken.Completion).Reason);
        var answers = await Task.WhenAll(runs);
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.NotEqual(FinishReason.Failed, answers[i].Result.Reason);
            Assert.Equal(expected[i % expected.Count].Ids, answers[i].Ids);
        }

        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    private static IEnumerable<GenerationRequest> Requests(EngineFixture fixture)
    {
        var sampling = new SamplingParameters
        {
            MaxTokens = 70,
            DoSample = true,
            Temperature = 1.1f,
            RepetitionPenalty = 1.1f,
            Logprobs = true,
        };
        for (var i = 0; i < 12; i++)
        {
            var seeded = sampling with { Seed = (ulong)i };
            if (i % 3 == 0)
            {
                yield return fixture.Request(EngineFixture.TextPrompt(20 + (5 * i), seed: i), seeded) with { IgnoreStopTokens = true };
            }
            else
            {
                var image = fixture.Image();
                yield return fixture.Request(fixture.ImagePrompt(image, $"USER: <image>\nWhat is {i}? ASSISTANT:"), seeded, image) with
                {
                    IgnoreStopTokens = true,
                    Pruning = i % 3 == 1 ? null : PruningPlan.Parse("2:.5,4:.25", PositionPolicy.Keep),
                };
            }
        }
    }

    private sealed class BrokenTrace : IGenerationTrace
    {
        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
        {
            if (index == 2)
            {
                throw new InvalidOperationException("broken");
            }
        }

        public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
        {
        }

        public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
        {
        }
    }
}
