using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;
using Inference.Grounding.Segments;
using Inference.Grounding.Tests.Guard;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Tests.Answers;

/// <summary>Methods that ask hundreds of questions keep out of the way of others, and of themselves.</summary>
[Collection(SharedDemo.Name)]
public sealed class InFlightTests(DemoHost demo)
{
    private static readonly EngineOptions Narrow = new() { ContextLength = 1024, KvBytes = 64 << 20, MaxSequences = 2, MaxQueue = 8 };

    [Fact]
    public async Task So_many_run_at_once_and_the_others_follow_in_their_order()
    {
        var inFlight = new InFlight(2);
        const TaskCreationOptions apart = TaskCreationOptions.RunContinuationsAsynchronously;
        var gates = Enumerable.Range(0, 6).Select(_ => new TaskCompletionSource<int>(apart)).ToArray();
        var begun = gates.Select(_ => new TaskCompletionSource(apart)).ToArray();
        var runs = gates.Select((gate, i) => inFlight.RunAsync(() =>
        {
            begun[i].SetResult();
            return gate.Task;
        })).ToArray();
        for (var i = 0; i < gates.Length; i++)
        {
            await begun[i].Task;
            await begun[Math.Min(i + 1, gates.Length - 1)].Task;
            Assert.Equal(Math.Min(i + 2, gates.Length), begun.Count(run => run.Task.IsCompleted));
            gates[i].SetResult(i);
            Assert.Equal(i, await runs[i]);
        }
    }

    [Fact]
    public async Task What_fails_makes_room_too()
    {
        var inFlight = new InFlight(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => inFlight.RunAsync<int>(() => throw new InvalidOperationException()));
        Assert.Equal(1, await inFlight.RunAsync(() => Task.FromResult(1)));
    }

    [Theory]
    [InlineData("best of")]
    [InlineData("guard")]
    [InlineData("judged alternatives")]
    public async Task A_short_queue_changes_nothing_and_leaves_room_for_others(string method)
    {
        using var narrow = DemoHost.With(Narrow);
        var expected = await AnswerAsync(demo, method);
        var answering = AnswerAsync(narrow, method);
        using var image = narrow.Scene(5);
        do
        {
            await narrow.Answerer.AnswerAsync(narrow.Ask(image, sampling: new SamplingOverrides { MaxTokens = 2 }), CancellationToken.None);
        }
        while (!answering.IsCompleted);
        var answer = await answering;
        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.Generation.Usage.SampledTokens, answer.Generation.Usage.SampledTokens);
        Assert.Equal(expected.Claims?.Verdicts, answer.Claims?.Verdicts);
    }

    [Fact]
    public async Task As_many_claims_as_there_may_be_are_checked_by_a_short_queue()
    {
        using var narrow = DemoHost.With(Narrow);
        using var image = narrow.Scene(3);
        var profile = narrow.Model.Profile;
        Claim[] claims = [.. Enumerable.Range(0, VerificationOptions.MostClaims).Select(i => Claim.Exists(profile, $"a ring or {i}"))];
        var verdicts = await new ClaimVerifier(narrow.Host, narrow.Model, new()).VerifyAsync([image], claims, CancellationToken.None);
        Assert.Equal(claims, verdicts.Verdicts.Select(verdict => verdict.Claim));

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ClaimVerifier(narrow.Host, narrow.Model, new()).VerifyAsync([image], claims, cancelled.Token));
    }

    private static async Task<AnswerResult> AnswerAsync(DemoHost host, string method)
    {
        using var image = host.Scene(3);
        var request = host.Ask(image, sampling: new SamplingOverrides { MaxTokens = 64, Temperature = 1.5f, Seed = 7 });
        var guard = new GuardOptions { Unit = SegmentUnit.Clause, Action = GuardAction.Resample, Alternatives = 16, Attempts = 2 };
        var options = method switch
        {
            "best of" => request.Options with { BestOf = 16, Verification = new VerificationOptions() },
            "guard" => request.Options with { Guard = guard with { Judge = WordJudge.Against("small") } },
            _ => request.Options with { Guard = guard with { Threshold = 0.05 } },
        };
        return await host.Answerer.AnswerAsync(request with { Options = options }, CancellationToken.None);
    }
}
