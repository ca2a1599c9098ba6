using FsCheck;
using FsCheck.Fluent;
using Inference.Decoding.Pruning;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>Any answer can be taken back to any token and led elsewhere.</summary>
public sealed class RollbackTests
{
    private const int Tokens = 45;

    [Fact]
    public void Rolled_back_and_led_elsewhere_is_what_an_engine_gives_that_keeps_nothing()
    {
        // Room for a few of the answers only.
        using var keeping = new EngineFixture(new EngineOptions { ContextLength = 256, KvBytes = 1 }, models: Goldens.LlamaDeep);
        using var fresh = new EngineFixture(
            new EngineOptions { ContextLength = 256, KvBytes = 1, PrefixCacheBytes = 0 }, models: Goldens.LlamaDeep);
        var cases =
            from question in Gen.Choose(0, 5)
            from cut in Gen.Choose(0, Tokens - 2)
            from other in Gen.Choose(3, 400)
            from chunk in Gen.Choose(1, 40)
            from isPruned in Gen.Elements(true, false)
            select new Case(question, cut, other, chunk, isPruned);
        Prop.ForAll(cases.ToArbitrary(), one => Holds(keeping, fresh, one)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
        Assert.Equal(0, keeping.Engine.Load(keeping.Model).KvPagesUsed);
    }

    private static bool Holds(EngineFixture keeping, EngineFixture fresh, Case one)
    {
        var whole = Run(keeping, one, []);
        int[] elsewhere = [.. whole.AsSpan(0, one.Cut), one.Other];
        return Run(keeping, one, elsewhere).SequenceEqual(Run(fresh, one, elsewhere))
            && Run(keeping, one, [.. whole.AsSpan(0, one.Cut + 1)]).SequenceEqual(whole.Skip(one.Cut + 1));
    }

    private static int[] Run(EngineFixture fixture, Case one, int[] continuation)
    {
        var image = fixture.Image();
        var question = new string('o', 1 + (7 * one.Question));
        var request = fixture.Request(
            fixture.ImagePrompt(image, $"USER: <image>\nS{question}? ASSISTANT:"), EngineFixture.Greedy(Tokens), image) with
        {
            IgnoreStopTokens = true,
            PrefillChunk = one.Chunk,
            Continuation = continuation,
            Pruning = one.IsPruned ? PruningPlan.Parse("2:.5,4:.25", PositionPolicy.Reindex) : null,
        };
        // Away from the test's own context, whose threads wait here.
        var answer = Task.Run(() => fixture.Run(request)).GetAwaiter().GetResult().Ids;
        image.Release();
        return answer;
    }

    private sealed record Case(int Question, int Cut, int Other, int Chunk, bool IsPruned);
}
