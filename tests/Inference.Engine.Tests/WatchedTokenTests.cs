using Inference.Decoding.Sampling;

namespace Inference.Engine.Tests;

/// <summary>What a caller may ask of every token: log-probabilities of tokens it names, and whether to go on.</summary>
public sealed class WatchedTokenTests
{
    [Fact]
    public async Task Watched_tokens_have_the_logprobs_that_the_best_ones_report()
    {
        using var fixture = new EngineFixture();
        var sampling = EngineFixture.Greedy(6) with { TopLogprobs = 5 };
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 1), sampling) with { IgnoreStopTokens = true };
        var plain = await fixture.Run(request);
        foreach (var token in plain.Tokens)
        {
            int[] watched = [.. token.TopLogprobs.Reverse().Select(top => top.Id)];
            var again = await fixture.Run(request with { WatchedTokens = watched });
            Assert.Equal(plain.Ids, again.Ids);
            Assert.Equal(token.TopLogprobs.Reverse().Select(top => top.Logprob), again.Tokens[token.Index].WatchedLogprobs);
        }

        Assert.All(plain.Tokens, token => Assert.Empty(token.WatchedLogprobs));
    }

    [Fact]
    public async Task A_request_ends_behind_the_token_at_which_its_caller_says_so()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 1), EngineFixture.Greedy(30)) with { IgnoreStopTokens = true };
        var whole = await fixture.Run(request);
        var told = new List<int>();
        var cut = await fixture.Run(request with
        {
            Until = token =>
            {
                told.Add(token);
                return told.Count == 7;
            },
        });
        Assert.Equal(whole.Ids[..7], cut.Ids);
        Assert.Equal(cut.Ids, told);
        Assert.Equal(FinishReason.Until, cut.Result.Reason);
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    [Fact]
    public async Task A_caller_that_fails_fails_its_own_step_and_the_engine_goes_on()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(20, seed: 1), EngineFixture.Greedy(30)) with { IgnoreStopTokens = true };
        var failed = await fixture.Run(request with { Until = _ => throw new InvalidOperationException("broken") });
        Assert.Equal(FinishReason.Failed, failed.Result.Reason);
        Assert.Equal(30, (await fixture.Run(request)).Ids.Length);
    }
}
