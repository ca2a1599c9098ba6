using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes.Training;

/// <summary>
/// Platt scaling with his smoothed targets (Platt 1999), by Newton's method with step halving (Lin, Lin and Weng, "A note on Platt's
/// probabilistic outputs for
/// support vector machines", 2007).
/// </summary>
internal static class PlattFit
{
    private const int MostSteps = 100;
    private const double Ridge = 1e-12, Tolerance = 1e-9;

    /// <summary>The map from held-out logits to probabilities.</summary>
    public static PlattCalibration Fit(IReadOnlyList<CalibrationPoint> points)
    {
        var positives = points.Sum(point => point.IsPositive ? point.Weight : 0);
        var negatives = points.Sum(point => point.IsPositive ? 0 : point.Weight);
        var (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2));
        var (scale, offset) = (0.0, Math.Log((positives + 1) / (negatives + 1)));
        var value = Value(points, scale, offset, high, low);
        for (var step = 0; step < MostSteps; step++)
        {
            var (g, h) = Slopes(points, scale, offset, high, low);
            if (Math.Abs(g.Scale) < Tolerance && Math.Abs(g.Offset) < Tolerance)
            {
                break;
            }

            var determinant = (h.ScaleScale * h.OffsetOffset) - (h.ScaleOffset * h.ScaleOffset);
            var byScale = -((h.OffsetOffset * g.Scale) - (h.ScaleOffset * g.Offset)) / determinant;
            var byOffset = -((h.ScaleScale * g.Offset) - (h.ScaleOffset * g.Scale)) / determinant;
            var length = 1.0;
            var next = double.PositiveInfinity;
            for (; length > Tolerance; length /= 2)
            {
                next = Value(points, scale + (length * byScale), offset + (length * byOffset), high, low);
                if (next < value + (1e-4 * length * ((byScale * g.Scale) + (byOffset * g.Offset))))
                {
                    break;
                }
            }

            if (!(next < value))
            {
                break;
            }

            (scale, offset, value) = (scale + (length * byScale), offset + (length * byOffset), next);
        }

        // A probe that is worse than chance says nothing: never let a higher logit mean less.
        return scale >= 0 ? new PlattCalibration((float)scale, (float)offset)
            : new PlattCalibration(0, (float)Math.Log((positives + 1) / (negatives + 1)));
    }

    private static double Value(IReadOnlyList<CalibrationPoint> points, double scale, double offset, double high, double low) =>
        points.Sum(point =>
        {
            var z = (scale * point.Logit) + offset;
            var target = point.IsPositive ? high : low;
            return point.Weight * ((target * LogisticLoss.Softplus(-z)) + ((1 - target) * LogisticLoss.Softplus(z)));
        });

    private static ((double Scale, double Offset) Gradient, (double ScaleScale, double ScaleOffset, double OffsetOffset) Hessian) Slopes(
        IReadOnlyList<CalibrationPoint> points, double scale, double offset, double high, double low)
    {
        var (gScale, gOffset, ss, so, oo) = (0.0, 0.0, Ridge, 0.0, Ridge);
        foreach (var point in points)
        {
            var p = LogisticLoss.Sigmoid((scale * point.Logit) + offset);
            var (slope, curve) = (point.Weight * (p - (point.IsPositive ? high : low)), point.Weight * p * (1 - p));
            gScale += slope * point.Logit;
            gOffset += slope;
            ss += curve * point.Logit * point.Logit;
            so += curve * point.Logit;
            oo += curve;
        }

        return ((gScale, gOffset), (ss, so, oo));
    }
}
