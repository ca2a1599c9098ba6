using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Models.Prompts;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>Tokens that are guessed ahead are those that come without guesses, bit for bit.</summary>
public sealed class SpeculationTests
{
    private static readonly EncodedPrompt Repeating = new([1, .. Enumerable.Range(0, 60).Select(i => 50 + (i % 7))], []);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(SpeculationOptions.MostDraftTokens)]
    public async Task Every_token_and_log_probability_is_the_same_and_steps_are_fewer(int drafts)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var sampling = EngineFixture.Greedy(100) with { TopLogprobs = 2, RepetitionPenalty = 1.01f };
        var request = fixture.Request(Repeating, sampling) with { IgnoreStopTokens = true };
        var (plain, plainSteps) = await Count(fixture, request);
        var (guessed, steps) = await Count(fixture, request with { Speculation = new SpeculationOptions { DraftTokens = drafts } });
        AssertSame(plain, guessed);
        Assert.Null(plain.Result.Usage.Speculation);
        var usage = guessed.Result.Usage.Speculation!;
        Assert.InRange(usage.AcceptedTokens, 1, usage.DraftedTokens);
        // The last step of an answer may be counted after the answer is read.
        Assert.InRange(steps, plainSteps - usage.AcceptedTokens - 1, plainSteps - usage.AcceptedTokens + 1);
    }

    [Fact]
    public async Task Others_in_the_batch_change_nothing()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        GenerationRequest[] plain = [.. Enumerable.Range(0, 6).Select(i =>
            fixture.Request(i % 2 == 0 ? Repeating : EngineFixture.TextPrompt(10 + (9 * i), i), EngineFixture.Greedy(70 + i)) with
            {
                IgnoreStopTokens = true,
            })];
        var alone = new List<Answer>();
        foreach (var request in plain)
        {
            alone.Add(await fixture.Run(request));
        }

        var together = await Task.WhenAll(plain.Select((request, i) =>
            fixture.Run(i == 3 ? request : request with { Speculation = new SpeculationOptions { DraftTokens = i + 1 } })));
        for (var i = 0; i < plain.Length; i++)
        {
            AssertSame(alone[i], together[i]);
        }
    }

    [Fact]
    public async Task Requests_that_make_room_finish_with_the_same_tokens()
    {
        using var tight = new EngineFixture(new EngineOptions { ContextLength = 256, KvBytes = 1 }, models: Goldens.LlamaDeep);
        using var roomy = new EngineFixture(models: Goldens.LlamaDeep);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 5).Select(i =>
            tight.Request(EngineFixture.TextPrompt(20, i), EngineFixture.Greedy(120)) with
            {
                IgnoreStopTokens = true,
                Speculation = new SpeculationOptions(),
            })];
        var found = await Task.WhenAll(requests.Select(request => tight.Run(request)));
        Assert.True(tight.Engine.Load(tight.Model).Preemptions > 0);
        for (var i = 0; i < requests.Length; i++)
        {
            AssertSame(await roomy.Run(requests[i] with { Speculation = null }), found[i]);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2:.5,4:.25")]
    public async Task Images_pruning_and_continuations_go_together_with_guesses(string? plan)
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var image = fixture.Image();
        var request = fixture.Request(
            fixture.ImagePrompt(image, "USER: <image>\nWhat is red? ASSISTANT:"), EngineFixture.Greedy(60), image) with
        {
            IgnoreStopTokens = true,
            Pruning = plan is null ? null : PruningPlan.Parse(plan, PositionPolicy.Reindex),
        };
        var plain = await fixture.Run(request);
        var guessing = request with { Speculation = new SpeculationOptions() };
        AssertSame(plain, await fixture.Run(guessing));
        var rest = await fixture.Run(guessing with { Continuation = plain.Ids[..20] });
        Assert.Equal(plain.Ids[20..], rest.Ids);
    }

    [Fact]
    public async Task Ends_are_where_they_are_without_guesses()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var request = fixture.Request(Repeating, EngineFixture.Greedy(40)) with { IgnoreStopTokens = true };
        var plain = await fixture.Run(request);
        for (var tokens = 1; tokens <= plain.Ids.Length; tokens++)
        {
            var guessed = await fixture.Run(request with
            {
                Sampling = EngineFixture.Greedy(tokens),
                Speculation = new SpeculationOptions(),
            });
            Assert.Equal(plain.Ids[..tokens], guessed.Ids);
            Assert.Equal(FinishReason.MaxTokens, guessed.Result.Reason);
        }

        var stopped = request with
        {
            IgnoreStopTokens = false,
            Sampling = EngineFixture.Greedy(40) with { StopTokenIds = [plain.Ids[25]] },
        };
        AssertSame(await fixture.Run(stopped), await fixture.Run(stopped with { Speculation = new SpeculationOptions() }));
    }

    [Fact]
    public void Guesses_are_for_greedy_decoding_alone()
    {
        using var fixture = new EngineFixture(models: Goldens.LlamaDeep);
        var request = fixture.Request(Repeating, EngineFixture.Greedy(4)) with { Speculation = new SpeculationOptions() };
        var dola = StrategyRegistry.Create(
            StrategyChoice.Parse("dola", []), new StrategyContext(fixture.DecoderShape.Layers, IsGreedy: true));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with
        {
            Sampling = EngineFixture.Greedy(4) with { DoSample = true },
        }));
        Assert.Throws<ArgumentException>(() => fixture.Submit(request with
        {
            Sampling = EngineFixture.Greedy(4) with { Strategy = dola },
        }));
        Assert.ThrowsAny<ArgumentException>(() => fixture.Submit(request with
        {
            Speculation = new SpeculationOptions { DraftTokens = 0 },
        }));
        Assert.ThrowsAny<ArgumentException>(() => fixture.Submit(request with
        {
            Speculation = new SpeculationOptions { DraftTokens = 12 },
        }));
    }

    private static async Task<(Answer Answer, long Steps)> Count(EngineFixture fixture, GenerationRequest request)
    {
        var before = fixture.Engine.Load(fixture.Model).Steps;
        var answer = await fixture.Run(request with { CacheSalt = $"{request.Speculation}" });
        return (answer, fixture.Engine.Load(fixture.Model).Steps - before);
    }

    private static void AssertSame(Answer expected, Answer found)
    {
        Assert.Equal(expected.Ids, found.Ids);
        Assert.Equal(expected.Text, found.Text);
        Assert.Equal(expected.Result.Reason, found.Result.Reason);
        Assert.Equal(expected.Tokens.Select(token => token.Logprob), found.Tokens.Select(token => token.Logprob));
    }
}
