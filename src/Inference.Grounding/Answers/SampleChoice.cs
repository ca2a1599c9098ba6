namespace Inference.Grounding.Answers;

/// <summary>Which of several samples is the answer.</summary>
public static class SampleChoice
{
    /// <summary>The sample with the fewest rejected claims among those that are long enough; the earlier of equals.</summary>
    /// <param name="samples">
    /// Rejected claims and tokens of each, at least one; a sample whose claims are not known counts only where none are.
    /// </param>
    /// <param name="minLength">
    /// Share of the median length of the samples (the lower of two) that a sample must have; 0 lets all count.
    /// </param>
    public static int Best(IReadOnlyList<(int? Rejected, int Length)> samples, double minLength)
    {
        int[] lengths = [.. samples.Where(sample => sample.Rejected is not null).Select(sample => sample.Length).Order()];
        if (lengths.Length == 0)
        {
            return 0;
        }

        var least = minLength * lengths[(lengths.Length - 1) / 2];
        var best = -1;
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples[i].Rejected is { } rejected && samples[i].Length >= least && (best < 0 || rejected < samples[best].Rejected))
            {
                best = i;
            }
        }

        return best;
    }
}
