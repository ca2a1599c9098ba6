using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Layers;

/// <summary>Strategies that read a second sequence: scores by hand, and where they go without it.</summary>
public sealed class CompanionStrategyTests : IDisposable
{
    private readonly CpuBackend _backend = new(new CpuOptions { Threads = 1 });

    [Fact]
    public void Vcd_subtracts_the_companion_from_plausible_tokens()
    {
        var scores = Score(Make("vcd", "alpha=0.5", "relative-top=0.3"), [3f, 2f, 0f, 1.5f], [1f, -2f, 9f, 9f]);
        Assert.Equal([(1.5f * 3) - (0.5f * 1), (1.5f * 2) + (0.5f * 2), ArgMax.Excluded, ArgMax.Excluded], scores);
    }

    [Fact]
    public void Vcd_of_weight_zero_without_a_cut_off_is_plain_decoding()
    {
        float[] logits = [3f, 2f, -70f, 1.5f];
        var strategy = Make("vcd", "alpha=0", "relative-top=0");
        Assert.False(Needs(strategy, logits));
        Assert.Equal(logits, Score(strategy, logits, companion: null));
    }

    [Fact]
    public void Vcd_reads_its_companion_where_several_tokens_are_plausible_and_in_every_traced_step()
    {
        var strategy = Make("vcd");
        Assert.True(Needs(strategy, [3f, 2.9f, 0f]));
        Assert.False(Needs(strategy, [9f, 2.9f, 0f]));
        Assert.True(Needs(strategy, [9f, 2.9f, 0f], isTraced: true));
    }

    [Fact]
    public void M3id_adds_what_the_image_adds_as_the_answer_grows()
    {
        float[] with = [1f, 0.9f, 0.2f, 0f], without = [2f, 0f, 0.5f, 0f];
        var strategy = Make("m3id", "lambda=0.1", "alpha=1", "offset=2");
        var scores = Score(strategy, with, without, position: 3);
        var weight = Math.Exp(0.5) - 1;
        for (var id = 0; id < with.Length; id++)
        {
            var (conditioned, unconditioned) = (LogProbability(with, id), LogProbability(without, id));
            var expected = conditioned + (weight * (conditioned - unconditioned));
            // Scores are free up to a constant: the log-sum of the final logits.
            Assert.Equal(expected, scores[id] - (with[0] - LogProbability(with, 0)), 1e-5);
        }
    }

    [Fact]
    public void M3id_reads_its_companion_only_where_the_model_is_unsure_and_the_image_may_be_forgotten()
    {
        float[] sure = [6f, 0f, 0f, 0f], unsure = [0.1f, 0f, 0f, 0f];
        var strategy = Make("m3id");
        Assert.True(Needs(strategy, unsure, position: 1));
        Assert.False(Needs(strategy, unsure, position: 0));
        Assert.False(Needs(strategy, sure, position: 1));
        Assert.Equal(sure, Score(strategy, sure, companion: null, position: 1));
    }

    [Fact]
    public void A_strategy_says_what_its_companion_is_shown()
    {
        Assert.Equal(new CompanionPrompt.NoisedImages(250, 7), Make("vcd", "noise-steps=250", "noise-seed=7").Companion);
        Assert.Equal(new CompanionPrompt.WithoutImages(), Make("m3id").Companion);
        Assert.Null(Make("apc").Companion);
    }

    private static TokenStrategy Make(string name, params string[] pairs) =>
        StrategyRegistry.Create(StrategyChoice.Parse(name, pairs), new StrategyContext(8, IsGreedy: true));

    private static double LogProbability(float[] logits, int id) => logits[id] - Math.Log(logits.Sum(logit => Math.Exp(logit)));

    private bool Needs(TokenStrategy strategy, float[] logits, int position = 0, bool isTraced = false) =>
        WithStep(logits, null, position, isTraced, strategy.NeedsCompanion);

    private float[] Score(TokenStrategy strategy, float[] logits, float[]? companion, int position = 0) =>
        WithStep(logits, companion, position, isTraced: false, step =>
        {
            var scores = new float[logits.Length];
            Assert.Equal(TokenStrategy.NoLayer, strategy.Score(step, scores));
            return scores;
        });

    private T WithStep<T>(float[] logits, float[]? companion, int position, bool isTraced, Func<StrategyStep, T> use)
    {
        using var buffer = _backend.Allocate<float>(2 * logits.Length);
        _backend.Upload<float>([.. logits, .. companion ?? logits], buffer);
        var rows = new Matrix(buffer, 2, logits.Length);
        using var step = new StrategyStep(_backend, logits.Length, lensRows: 1);
        step.Begin(rows.RowRange(0, 1), rows.RowRange(0, 0), position, seed: 0, isTraced);
        if (companion is not null)
        {
            step.AddCompanion(rows.RowRange(1, 1));
        }

        return use(step);
    }

    public void Dispose() => _backend.Dispose();
}
