using Inference.Decoding.Sampling;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Metrics;

/// <summary>
/// Percentile bootstrap over whole images: what is said of one image is drawn together or not at all. All metrics of an evaluation see
/// the same draws, so that
/// differences of two are paired.
/// </summary>
internal sealed class ImageBootstrap
{
    private const ulong Seed = 0x70_72_6F_62_65;

    private readonly int[][] _weights;

    /// <summary>Draws.</summary>
    /// <param name="groups">The image of each example.</param>
    /// <param name="resamples">How often.</param>
    public ImageBootstrap(IReadOnlyList<int> groups, int resamples)
    {
        int[] distinct = [.. groups.Distinct()];
        var place = distinct.Select((group, i) => (group, i)).ToDictionary(item => item.group, item => item.i);
        int[] images = [.. groups.Select(group => place[group])];
        _weights = new int[resamples][];
        var position = 0UL;
        for (var resample = 0; resample < resamples; resample++)
        {
            var counts = new int[distinct.Length];
            for (var i = 0; i < counts.Length; i++)
            {
                counts[(int)(Philox4x32.Uniform(Seed, position++) * counts.Length)]++;
            }

            _weights[resample] = Array.ConvertAll(images, image => counts[image]);
        }

        All = Array.ConvertAll(images, _ => 1);
    }

    /// <summary>Every example once.</summary>
    public int[] All { get; }

    /// <summary>A metric over the draws; null where a draw has none.</summary>
    public double?[] Draws(Func<int[], double?> metric)
    {
        var draws = new double?[_weights.Length];
        Parallel.For(0, draws.Length, i => draws[i] = metric(_weights[i]));
        return draws;
    }

    /// <summary>The middle 95 % of what the draws gave; null where none gave anything.</summary>
    public static ConfidenceInterval? Interval(IEnumerable<double?> draws)
    {
        var values = draws.OfType<double>().Order().ToArray();
        return values.Length == 0 ? null : new ConfidenceInterval(Bootstrap.Percentile(values, 0.025), Bootstrap.Percentile(values, 0.975));
    }
}
