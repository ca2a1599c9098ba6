using System.Globalization;

namespace Inference.Decoding.Probes;

/// <summary>
/// What raw logits mean at one level. The largest of several tokens is biased upwards, so tokens, spans (by their largest logit) and
/// sentences (likewise) each have a scale of their own.
/// </summary>
/// <param name="Calibration">Logit to probability.</param>
/// <param name="Thresholds">By ascending false positive rate, logits never ascending; may be empty.</param>
public sealed record ProbeScale(ProbeCalibration Calibration, IReadOnlyList<ProbeThreshold> Thresholds)
{
    /// <summary>Most thresholds of a scale.</summary>
    public const int MostThresholds = 32;

    /// <summary>The rate of a caller who names none.</summary>
    public const float UsualRate = 0.05f;

    /// <summary>
    /// The threshold of a caller who names no rate: the loosest that is not looser than <see cref="UsualRate"/>, or else the strictest;
    /// null without any.
    /// </summary>
    public ProbeThreshold? Usual
    {
        get
        {
            ProbeThreshold? best = Thresholds.Count == 0 ? null : Thresholds[0];
            foreach (var threshold in Thresholds)
            {
                best = threshold.FalsePositiveRate <= UsualRate ? threshold : best;
            }

            return best;
        }
    }

    /// <summary>The threshold of a rate.</summary>
    /// <param name="falsePositiveRate">One of those of <see cref="Thresholds"/>.</param>
    /// <param name="field">Names the rate in errors.</param>
    /// <exception cref="ProbeException">There is none of that rate.</exception>
    public ProbeThreshold At(double falsePositiveRate, string field)
    {
        foreach (var threshold in Thresholds)
        {
            if (threshold.FalsePositiveRate == (float)falsePositiveRate)
            {
                return threshold;
            }
        }

        var rates = string.Join(", ", Thresholds.Select(threshold => threshold.FalsePositiveRate.ToString(CultureInfo.InvariantCulture)));
        throw new ProbeException(
            field, falsePositiveRate.ToString(CultureInfo.InvariantCulture),
            rates.Length == 0 ? "none: this probe has no thresholds" : rates);
    }

    internal void Check(string field)
    {
        Calibration.Check($"{field}.{Calibration.Kind}");
        if (Thresholds.Count > MostThresholds)
        {
            throw new ProbeException($"{field}.thresholds", $"{Thresholds.Count} thresholds", $"at most {MostThresholds}");
        }

        for (var i = 0; i < Thresholds.Count; i++)
        {
            var (rate, logit) = (Thresholds[i].FalsePositiveRate, Thresholds[i].Logit);
            if (!(rate > (i > 0 ? Thresholds[i - 1].FalsePositiveRate : 0) && rate < 1))
            {
                throw new ProbeException(
                    $"{field}.thresholds[{i}].rate", FormattableString.Invariant($"{rate}"),
                    "rates between 0 and 1, exclusive, that ascend");
            }

            if (!float.IsFinite(logit) || (i > 0 && logit > Thresholds[i - 1].Logit))
            {
                throw new ProbeException(
                    $"{field}.thresholds[{i}].logit", FormattableString.Invariant($"{logit}"),
                    "finite numbers that never ascend with the rate");
            }
        }
    }
}
