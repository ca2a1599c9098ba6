namespace Inference.Engine.Tests;

/// <summary>Prompts of others go on in parts beside streams, so that these go on too.</summary>
public sealed class StallBudgetTests
{
    private const int Rows = 320, Streamed = 160;

    [Fact]
    public async Task A_long_prompt_leaves_a_stream_its_tokens_and_changes_no_bits()
    {
        using var fixture = new EngineFixture(new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, StreamStall = 0 });
        var prompt = fixture.Request(EngineFixture.TextPrompt(Rows, 1), EngineFixture.Greedy(4) with { Logprobs = true }) with { IgnoreStopTokens = true };
        var alone = await fixture.Run(prompt with { CacheSalt = "alone" });

        var stream = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(8, 2), EngineFixture.Greedy(Streamed)) with { IgnoreStopTokens = true });
        var tokens = stream.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await tokens.MoveNextAsync());
        var before = fixture.Engine.Load(fixture.Model).Steps;
        var beside = await fixture.Run(prompt);
        var steps = fixture.Engine.Load(fixture.Model).Steps - before;

        // In the smallest parts there are, of 16 rows, as long as the stream runs.
        Assert.InRange(steps, Rows / 16, Streamed + 8);
        Assert.Equal(alone.Ids, beside.Ids);
        Assert.Equal(alone.Tokens.Select(token => token.Logprob), beside.Tokens.Select(token => token.Logprob));
        await tokens.DisposeAsync();
    }
}
