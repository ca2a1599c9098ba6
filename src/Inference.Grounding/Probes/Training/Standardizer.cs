namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Shifts and scales every feature to mean 0 and standard deviation 1, so that one L2 penalty suits all. A constant feature becomes 0.
/// </summary>
internal sealed class Standardizer
{
    private readonly double[] _mean;
    private readonly double[] _deviation;

    /// <summary>Learns from rows.</summary>
    public Standardizer(FeatureMatrix features)
    {
        (_mean, _deviation) = (new double[features.Columns], new double[features.Columns]);
        var squares = new double[features.Columns];
        for (var row = 0; row < features.Rows; row++)
        {
            var values = features.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                // Welford, 1962.
                var distance = values[i] - _mean[i];
                _mean[i] += distance / (row + 1);
                squares[i] += distance * (values[i] - _mean[i]);
            }
        }

        for (var i = 0; i < squares.Length; i++)
        {
            var deviation = Math.Sqrt(squares[i] / Math.Max(1, features.Rows));
            _deviation[i] = deviation > 1e-9 * (1 + Math.Abs(_mean[i])) ? deviation : 0;
        }
    }

    /// <summary>Standardises in place.</summary>
    public void Apply(FeatureMatrix features)
    {
        for (var row = 0; row < features.Rows; row++)
        {
            var values = features.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = _deviation[i] == 0 ? 0 : (float)((values[i] - _mean[i]) / _deviation[i]);
            }
        }
    }

    /// <summary>The same function on raw features: w = w′ / σ, b = b′ − Σ w′ μ / σ.</summary>
    /// <param name="parameters">Weights on standardised features, then the bias.</param>
    /// <returns>Weights on raw features, and the bias.</returns>
    public (float[] Weights, float Bias) Fold(ReadOnlySpan<double> parameters)
    {
        var weights = new float[_mean.Length];
        var bias = parameters[^1];
        for (var i = 0; i < weights.Length; i++)
        {
            var weight = _deviation[i] == 0 ? 0 : parameters[i] / _deviation[i];
            weights[i] = (float)weight;
            bias -= weight * _mean[i];
        }

        return (weights, (float)bias);
    }
}
