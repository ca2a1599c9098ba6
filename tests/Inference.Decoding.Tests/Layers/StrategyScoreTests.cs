using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Layers;

/// <summary>Scores by hand on small rows, the draws of pie, and the shortcuts against the full way.</summary>
public sealed class StrategyScoreTests
{
    private const int Layers = 8;

    [Fact]
    public void The_cut_off_keeps_the_logits_of_likely_tokens_and_excludes_the_rest()
    {
        using var rows = new Rows([3f, 2f, 0f, 1.5f]);
        var (scores, layer) = rows.Score(Make("apc", "relative-top=0.3"));
        Assert.Equal([3f, 2f, ArgMax.Excluded, ArgMax.Excluded], scores);
        Assert.Equal(TokenStrategy.NoLayer, layer);
    }

    [Fact]
    public void A_contrast_is_the_difference_of_log_probabilities()
    {
        float[] final = [3f, 2.5f, 0f, -1f], early = [4f, 1f, 0f, 0f];
        using var rows = new Rows(final, early);
        var (scores, _) = rows.Score(Make("unleash", "layer=1", "relative-top=0.5"));
        Assert.Equal(LogProbability(final, 0) - LogProbability(early, 0), scores[0], 1e-5);
        Assert.Equal(LogProbability(final, 1) - LogProbability(early, 1), scores[1], 1e-5);
        Assert.Equal([ArgMax.Excluded, ArgMax.Excluded], scores[2..]);
    }

    [Fact]
    public void Dola_takes_the_layer_that_differs_most()
    {
        float[] final = [3f, 2.9f, 0f, -1f];
        using var rows = new Rows(final, [3f, 2.8f, 0f, -1f], [-3f, 0f, 5f, 1f], [3f, 2.9f, 0.5f, -1f]);
        Assert.Equal(6, rows.Score(Make("dola", "layers=5,6,7")).Layer);
    }

    [Fact]
    public void A_prior_of_zero_keeps_pie_from_a_layer()
    {
        using var rows = new Rows([3f, 2.9f, 0f, -1f], [3f, 2.8f, 0f, -1f], [-3f, 0f, 5f, 1f]);
        Assert.Equal(2, rows.Score(Make("pie", "layers=1,2", "prior=.9,.1")).Layer);
        Assert.Equal(1, rows.Score(Make("pie", "layers=1,2", "prior=1,0")).Layer);
    }

    [Theory]
    [InlineData("product")]
    [InlineData("released")]
    public void Pie_draws_layers_in_proportion_to_their_weights_and_repeats_them_by_seed(string form)
    {
        // Two layers alike: the weights are those of the prior alone.
        float[] early = [0f, 1f, 2f, 3f];
        using var rows = new Rows([3f, 2.9f, 0f, -1f], early, early);
        var strategy = Make("pie", "layers=1,2", "prior=.75,.25", $"form={form}", "pick=sample");
        var weight = form == "product" ? 0.75 : Math.Exp(1.25) / (Math.Exp(1.25) + Math.Exp(0.75));
        int[] Draw(ulong seed) => [.. Enumerable.Range(0, 4000).Select(position => rows.Score(strategy, position, seed).Layer)];
        var drawn = Draw(7);
        Assert.Equal(weight, drawn.Count(layer => layer == 1) / 4000.0, 0.03);
        Assert.Equal(drawn, Draw(7));
        Assert.NotEqual(drawn, Draw(8));
    }

    [Fact]
    public void The_draw_of_a_layer_is_not_the_draw_of_the_token() =>
        Assert.NotEqual(Philox4x32.Uniform(1, 2), Philox4x32.Uniform(1, 2, stream: 1));

    [Fact]
    public void Deco_adds_the_surest_layer_to_the_candidates()
    {
        float[] final = [2f, 1.9f, -4f, -5f], unsure = [0.1f, 0f, 0f, 0f], sure = [0f, 6f, 0f, 0f];
        using var rows = new Rows(final, unsure, sure);
        var (scores, layer) = rows.Score(Make("deco", "layers=5,6", "alpha=0.5", "top-p=0.9"));
        var probability = Math.Exp(LogProbability(sure, 1));
        Assert.Equal(6, layer);
        Assert.Equal(2 + (0.5 * probability * 0), scores[0], 1e-5);
        Assert.Equal(1.9 + (0.5 * probability * 6), scores[1], 1e-5);
        Assert.Equal([ArgMax.Excluded, ArgMax.Excluded], scores[2..]);
    }

    [Fact]
    public void Layer_mix_weighs_final_and_mean()
    {
        using var rows = new Rows([1f, 2f], [4f, -2f]);
        var (scores, _) = rows.Score(Make("layer-mix", "layers=3,1", "alpha=0.25", "weights=3,1"));
        Assert.Equal([1.75f, 1f], scores);
        Assert.Equal(
            [(1, 0.25f), (3, 0.75f)],
            Make("layer-mix", "layers=3,1", "weights=3,1").Lens.Rows[0].Terms.Select(term => (term.Layer, term.Weight)));
    }

    [Fact]
    public void The_logit_lens_remembers_the_best_tokens_of_every_layer_and_changes_no_score()
    {
        float[] final = [1f, 3f, 2f], first = [5f, 0f, 0f], second = [0f, 1f, 1f];
        using var rows = new Rows(final, first, second);
        var lens = new LogitLens(layers: 2, count: 2);
        Assert.Equal(final, rows.Score(lens).Scores);
        var layers = Assert.Single(lens.Steps);
        Assert.Equal([(0, 1), (1, 2), (1, 2)], layers.Select(best => (best[0].Id, best[1].Id)));
        float[][] logits = [first, second, final];
        Assert.All(layers.Zip(logits), pair => Assert.All(pair.First, token =>
            Assert.Equal(Math.Exp(LogProbability(pair.Second, token.Id)), token.Probability, 1e-6)));
        Assert.True(lens.Lens.FinalNorm);
    }

    [Theory]
    [InlineData("unleash")]
    [InlineData("dola")]
    [InlineData("pie")]
    [InlineData("deco")]
    public void Where_one_token_survives_the_short_way_and_the_full_way_choose_it(string name)
    {
        var strategy = Make(name);
        var random = new Random(4);
        var shortcuts = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            float[][] lens = [.. strategy.Lens.Rows.Select(_ => Numbers(random, 2f))];
            using var rows = new Rows(Numbers(random, 60f), lens);
            var full = rows.Score(strategy, isTraced: true).Scores;
            var quick = rows.Score(strategy, isTraced: false).Scores;
            Assert.Equal(ArgMax.Index(full), ArgMax.Index(quick));
            Assert.Equal(full.Select(score => score > ArgMax.Excluded), quick.Select(score => score > ArgMax.Excluded));
            shortcuts += full.Count(score => score > ArgMax.Excluded) == 1 ? 1 : 0;
        }

        Assert.InRange(shortcuts, 20, 180);
    }

    [Theory]
    [InlineData("dola")]
    [InlineData("deco")]
    [InlineData("layer-mix")]
    [InlineData("apc")]
    public void Logits_that_are_not_numbers_end_the_request_with_a_typed_error(string name)
    {
        var strategy = Make(name);
        float[][] lens = [.. strategy.Lens.Rows.Select(_ => new[] { 1f, 0f, 2f })];
        using var rows = new Rows([1f, float.NaN, 0f], lens);
        Assert.Throws<SamplingException>(() => ArgMax.Index(rows.Score(strategy).Scores));
    }

    private static TokenStrategy Make(string name, params string[] pairs) =>
        StrategyRegistry.Create(StrategyChoice.Parse(name, pairs), new StrategyContext(Layers, IsGreedy: true));

    private static float[] Numbers(Random random, float magnitude) =>
        [.. Enumerable.Range(0, 40).Select(_ => magnitude * ((2 * random.NextSingle()) - 1))];

    private static double LogProbability(float[] logits, int id) => logits[id] - Math.Log(logits.Sum(logit => Math.Exp(logit)));

    /// <summary>Final logits and lens rows of a step, on a backend.</summary>
    private sealed class Rows : IDisposable
    {
        private readonly CpuBackend _backend = new(new CpuOptions { Threads = 1 });
        private readonly Buffer<float> _buffer;
        private readonly Matrix _logits;
        private readonly StrategyStep _step;

        public Rows(float[] final, params float[][] lens)
        {
            _buffer = _backend.Allocate<float>((lens.Length + 1) * final.Length);
            _backend.Upload<float>([.. final, .. lens.SelectMany(row => row)], _buffer);
            _logits = new Matrix(_buffer, lens.Length + 1, final.Length);
            _step = new StrategyStep(_backend, final.Length, Layers + 1);
        }

        public (float[] Scores, int Layer) Score(TokenStrategy strategy, int position = 0, ulong seed = 0, bool isTraced = true)
        {
            var scores = new float[_logits.Columns];
            _step.Begin(_logits.RowRange(0, 1), _logits.RowRange(1, _logits.Rows - 1), position, seed, isTraced);
            var layer = strategy.Score(_step, scores);
            return (scores, layer);
        }

        public void Dispose()
        {
            _step.Dispose();
            _buffer.Dispose();
            _backend.Dispose();
        }
    }
}
