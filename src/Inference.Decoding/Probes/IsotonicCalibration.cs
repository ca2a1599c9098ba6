namespace Inference.Decoding.Probes;

/// <summary>A point of an isotonic map.</summary>
/// <param name="Logit">Ascends from knot to knot.</param>
/// <param name="Probability">0 to 1, never less than that of the knot before.</param>
public readonly record struct IsotonicKnot(float Logit, float Probability);

/// <summary>
/// Isotonic regression by pool-adjacent-violators (Zadrozny and Elkan 2002): linear between knots, constant outside, as scikit-learn's
/// IsotonicRegression predicts with out_of_bounds="clip".
/// </summary>
/// <param name="Knots">At least one, at most <see cref="MostKnots"/>.</param>
public sealed record IsotonicCalibration(IReadOnlyList<IsotonicKnot> Knots) : ProbeCalibration
{
    /// <summary>Most knots of a map.</summary>
    public const int MostKnots = 65_536;

    /// <inheritdoc/>
    public override string Kind => "isotonic";

    /// <inheritdoc/>
    public override float Map(float logit)
    {
        // The first knot above the logit.
        var (low, high) = (0, Knots.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Knots[middle].Logit > logit ? (low, middle) : (middle + 1, high);
        }

        if (low == 0 || low == Knots.Count)
        {
            return Knots[low == 0 ? 0 : ^1].Probability;
        }

        var (before, after) = (Knots[low - 1], Knots[low]);
        var share = (logit - before.Logit) / (after.Logit - before.Logit);
        return before.Probability + (share * (after.Probability - before.Probability));
    }

    internal override void Check(string field)
    {
        if (Knots.Count is 0 or > MostKnots)
        {
            throw new ProbeException($"{field}.knots", $"{Knots.Count} knots", $"1 to {MostKnots} knots");
        }

        for (var i = 0; i < Knots.Count; i++)
        {
            var (logit, probability) = (Knots[i].Logit, Knots[i].Probability);
            if (!float.IsFinite(logit) || (i > 0 && logit <= Knots[i - 1].Logit))
            {
                throw new ProbeException(
                    $"{field}.knots[{i}].logit", FormattableString.Invariant($"{logit}"), "finite numbers that ascend");
            }

            if (!(probability >= (i > 0 ? Knots[i - 1].Probability : 0) && probability <= 1))
            {
                throw new ProbeException(
                    $"{field}.knots[{i}].probability", FormattableString.Invariant($"{probability}"),
                    "0 to 1, never less than at the knot before");
            }
        }
    }
}
