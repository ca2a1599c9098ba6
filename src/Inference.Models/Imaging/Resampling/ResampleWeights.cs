namespace Inference.Models.Imaging.Resampling;

/// <summary>
/// Weights of one axis for the outputs of a window: output i of the window reads <see cref="Taps"/> source pixels from
/// <see cref="Starts"/>[i] on, with weights in 22-bit fixed point (Pillow's precompute_coeffs and normalize_coeffs_8bpc).
/// </summary>
internal sealed class ResampleWeights
{
    public const int PrecisionBits = 22;
    public const int Half = 1 << (PrecisionBits - 1);

    private ResampleWeights(int taps, int[] starts, int[] counts, int[] values) =>
        (Taps, Starts, Counts, Values) = (taps, starts, counts, values);

    /// <summary>Weights stored per output, the same for all: unused ones are 0.</summary>
    public int Taps { get; }

    /// <summary>First source pixel per output.</summary>
    public int[] Starts { get; }

    /// <summary>Source pixels per output, at most <see cref="Taps"/>.</summary>
    public int[] Counts { get; }

    /// <summary>[outputs, Taps]</summary>
    public int[] Values { get; }

    /// <param name="source">Source length in pixels.</param>
    /// <param name="target">Length after resizing.</param>
    /// <param name="filter">A filter with a kernel.</param>
    /// <param name="first">First output wanted.</param>
    /// <param name="count">Outputs wanted.</param>
    public static ResampleWeights Compute(int source, int target, ResampleFilter filter, int first, int count)
    {
        double scale = (double)source / target;
        double filterScale = Math.Max(scale, 1.0);
        double support = FilterKernel.Support(filter) * filterScale;
        double inverse = 1.0 / filterScale;
        int taps = (int)Math.Ceiling(support) * 2 + 1;

        var starts = new int[count];
        var counts = new int[count];
        var values = new int[checked(count * taps)];
        var weights = new double[taps];
        for (int i = 0; i < count; i++)
        {
            double center = (first + i + 0.5) * scale;
            int start = Math.Max((int)(center - support + 0.5), 0);
            int length = Math.Min((int)(center + support + 0.5), source) - start;
            double sum = 0;
            for (int t = 0; t < length; t++)
                sum += weights[t] = FilterKernel.Evaluate(filter, (t + start - center + 0.5) * inverse);
            for (int t = 0; t < length; t++)
            {
                double weight = sum != 0.0 ? weights[t] / sum : weights[t];
                double scaled = weight * (1 << PrecisionBits);
                values[i * taps + t] = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
            }
            (starts[i], counts[i]) = (start, length);
        }
        return new ResampleWeights(taps, starts, counts, values);
    }
}
