using Inference.Decoding.Sampling;

namespace Inference.Grounding.Evaluation;

/// <summary>Counts of one unit that is drawn as a whole, such as a caption or an image with its questions.</summary>
internal interface ICounts<TSelf>
    where TSelf : struct, ICounts<TSelf>
{
    /// <summary>Adds the counts of another unit.</summary>
    TSelf Plus(in TSelf other);
}

/// <summary>Percentile bootstrap (Efron, 1979) over whole units with a fixed seed: the same counts always give the same interval.</summary>
internal static class Bootstrap
{
    /// <summary>How often the units are drawn anew.</summary>
    public const int Resamples = 1000;

    private const ulong Seed = 0x67_6C_61_73_73;

    /// <summary>Sums of <see cref="Resamples"/> draws of as many units as there are, with replacement.</summary>
    public static TCounts[] Draw<TCounts>(IReadOnlyList<TCounts> units)
        where TCounts : struct, ICounts<TCounts>
    {
        var sums = new TCounts[Resamples];
        var position = 0UL;
        for (var resample = 0; resample < sums.Length; resample++)
        {
            var sum = default(TCounts);
            for (var i = 0; i < units.Count; i++)
            {
                var drawn = (int)(Philox4x32.Uniform(Seed, position++) * units.Count);
                sum = sum.Plus(units[drawn]);
            }

            sums[resample] = sum;
        }

        return sums;
    }

    /// <summary>The middle 95 % of a number over the draws; null where no draw has one.</summary>
    public static ConfidenceInterval? Interval<TCounts>(TCounts[] draws, Func<TCounts, double?> number)
    {
        var values = draws.Select(number).OfType<double>().Order().ToArray();
        return values.Length == 0 ? null : new ConfidenceInterval(Percentile(values, 0.025), Percentile(values, 0.975));
    }

    /// <summary>A percentile of ascending numbers, linear between two of them.</summary>
    internal static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
