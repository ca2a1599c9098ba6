using Inference.Grounding.Probes.Training;

namespace Inference.Grounding.Tests.Probes;

public sealed class LogisticTests
{
    [Fact]
    public void Slopes_are_those_of_finite_differences()
    {
        var (features, examples) = Problem(rows: 40, columns: 19);
        RowSpan[] spans = [.. Enumerable.Range(0, 10).Select(i => new RowSpan(i * 4, 4, i % 3 == 0, 1 + (i % 2)))];
        ILoss[] losses = [new LogisticLoss(features, examples, 0.1), new SpanMaxLoss(features, examples, spans, 0.1)];
        var random = new Random(2);
        foreach (var loss in losses)
        {
            double[] point = [.. Enumerable.Range(0, loss.Parameters).Select(_ => random.NextDouble() - 0.5)];
            var (gradient, scratch) = (new double[point.Length], new double[point.Length]);
            loss.Evaluate(point, gradient);
            for (var i = 0; i < point.Length; i++)
            {
                var (up, down) = ((double[])point.Clone(), (double[])point.Clone());
                (up[i], down[i]) = (up[i] + 1e-5, down[i] - 1e-5);
                Assert.Equal((loss.Evaluate(up, scratch) - loss.Evaluate(down, scratch)) / 2e-5, gradient[i], 1e-7);
            }
        }
    }

    [Fact]
    public void The_bias_alone_becomes_the_log_odds()
    {
        var features = new FeatureMatrix(new float[4], 1);
        var point = new double[2];
        Example[] examples = [new(0, true, 3), new(1, false, 1), new(2, false, 1), new(3, true, 3)];
        Lbfgs.Minimize(new LogisticLoss(features, examples, 0.1), point, 1e-10);
        Assert.Equal(Math.Log(3), point[1], 1e-6);
    }

    [Fact]
    public void A_minimum_is_one_whatever_the_start()
    {
        var (features, examples) = Problem(rows: 80, columns: 12);
        var loss = new LogisticLoss(features, examples, 0.01);
        double[] low = new double[13], high = [.. Enumerable.Repeat(2.0, 13)];
        Assert.Equal(Lbfgs.Minimize(loss, low, 1e-9), Lbfgs.Minimize(loss, high, 1e-9), 1e-9);
        Assert.All(low.Zip(high), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_folded_standardiser_gives_the_logits_of_standardised_features()
    {
        var (features, _) = Problem(rows: 30, columns: 5);
        for (var row = 0; row < features.Rows; row++)
        {
            features.Row(row)[1] = 7;
            features.Row(row)[2] = (features.Row(row)[2] * 100) + 1000;
        }

        var raw = new FeatureMatrix((float[])features.Values.Clone(), 5);
        var standardizer = new Standardizer(features);
        standardizer.Apply(features);
        double[] parameters = [0.5, -1, 2, 0.25, -0.75, 0.3];
        var (weights, bias) = standardizer.Fold(parameters);
        Assert.Equal(0, weights[1]);
        for (var row = 0; row < raw.Rows; row++)
        {
            var expected = features.Dot(row, parameters.AsSpan(0, 5)) + parameters[5];
            Assert.Equal(expected, raw.Dot(row, Array.ConvertAll(weights, weight => (double)weight)) + bias, 1e-4);
        }

        Assert.Equal(0, Enumerable.Range(0, 30).Average(row => features.Row(row)[2]), 1e-5);
        Assert.Equal(1, Enumerable.Range(0, 30).Average(row => features.Row(row)[2] * features.Row(row)[2]), 1e-4);
    }

    [Fact]
    public void Moments_are_mean_and_deviation_over_the_tokens_of_a_span()
    {
        var tokens = new FeatureMatrix([1, 10, 3, 10, 8, 0], 2);
        var moments = SpanMoments.Of(tokens, [new RowSpan(0, 2, true, 1), new RowSpan(2, 1, false, 1)]);
        Assert.Equal([2f, 10f, 1f, 0f], moments.Row(0).ToArray());
        Assert.Equal([8f, 0f, 0f, 0f], moments.Row(1).ToArray());
    }

    [Fact]
    public void Folds_keep_groups_together_and_depend_on_the_seed()
    {
        int[] groups = [.. Enumerable.Range(0, 400).Select(i => i % 80)];
        var folds = GroupFolds.Of(groups, 1);
        Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(folds[i % 80], folds[i]));
        Assert.Equal(GroupFolds.Count, folds.Distinct().Count());
        Assert.Equal(folds, GroupFolds.Of(groups, 1));
        Assert.NotEqual(folds, GroupFolds.Of(groups, 2));
    }

    private static (FeatureMatrix Features, Example[] Examples) Problem(int rows, int columns)
    {
        var random = new Random(1);
        var features = new FeatureMatrix([.. Enumerable.Range(0, rows * columns).Select(_ => (float)(random.NextDouble() - 0.5))], columns);
        return (features, [.. Enumerable.Range(0, rows).Select(row =>
            new Example(row, features.Row(row)[0] + (random.NextDouble() - 0.5) > 0, 1 + (row % 3)))]);
    }
}
