namespace Inference.Engine.Tests;

/// <summary>Prompts of others go on in parts beside streams, so that these go on too.</summary>
public sealed class StallBudgetTests
{
    private const int Rows = 320, Streamed = 160;

    [Fact]
    public async Task A_long_prompt_leaves_a_stream_its_tokens_and_changes_no_bits()
    {
        using var fixture = new EngineFixture(new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, StreamStall = 0 });
        var prompt = fixture.Request(EngineFixture.TextPrompt(Rows, 1), EngineFixture.Greedy(4) with { Logprobs = true }) with
        {
            IgnoreStopTokens = true,
        };
        var alone = await fixture.Run(prompt with { CacheSalt = "alone" });

        var stream = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(8, 2), EngineFixture.Greedy(Streamed)) with
        {
            IgnoreStopTokens = true,
        });
        var tokens = stream.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await tokens.MoveNextAsync());
        var before = fixture.Engine.Load(fixture.Model).Steps;
        var beside = await fixture.Run(prompt);
        var steps = fixture.Engine.Load(fixture.Model).Steps - before;

        // In the smallest parts there are, of 8 rows, as long as the stream runs.
        Assert.InRange(steps, Rows / 8, Streamed + 8);
        Assert.Equal(alone.Ids, beside.Ids);
        Assert.Equal(alone.Tokens.Select(token => token.Logprob), beside.Tokens.Select(token => token.Logprob));
        await tokens.DisposeAsync();
    }

    [Fact]
    public async Task A_step_that_failed_says_nothing_about_what_rows_take()
    {
        var clock = new Clock();
        using var fixture = new EngineFixture(new EngineOptions
        {
            ContextLength = 512,
            KvBytes = 32 << 20,
            MaxOutputs = 512,
            StreamStall = 1.25,
            Time = clock,
        });
        var (broken, whole) = (new TimedTrace(clock, secondsPerRow: 1000, fails: true), new TimedTrace(clock, 1.0 / 128, fails: false));
        var (tokens, others) = (0, new List<Task<Answer>>());
        // Its own prompt is too short to tell what rows take.
        await fixture.Run(fixture.Request(EngineFixture.TextPrompt(4, 2), EngineFixture.Greedy(60)) with
        {
            IgnoreStopTokens = true,
            Until = _ =>
            {
                // A second for every token of the stream.
                clock.Advance(1);
                if (++tokens is 10 or 20)
                {
                    var prompt = fixture.Request(EngineFixture.TextPrompt(Rows, tokens), EngineFixture.Greedy(2));
                    others.Add(fixture.Run(prompt with { Trace = tokens == 10 ? broken : whole }));
                }

                return false;
            },
        });

        var answers = await Task.WhenAll(others);
        Assert.Equal(FinishReason.Failed, answers[0].Result.Reason);
        Assert.NotEqual(FinishReason.Failed, answers[1].Result.Reason);
        // The smallest part first, then 1.25 seconds of rows at a time.
        Assert.Equal([8, 160, Rows - 168], whole.Parts);
    }

    /// <summary>Stands still unless it is moved.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(double seconds) => _ticks += (long)(seconds * TimeSpan.TicksPerSecond);
    }

    /// <summary>Takes its time over every row of a prompt.</summary>
    private sealed class TimedTrace(Clock clock, double secondsPerRow, bool fails) : IGenerationTrace
    {
        public List<int> Parts { get; } = [];

        public IReadOnlyList<int> HiddenLayers => [1];

        public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
        {
        }

        public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
        {
            Parts.Add(rows.Length / width);
            clock.Advance(secondsPerRow * Parts[^1]);
            if (fails)
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
