namespace Inference.Decoding.Pruning;

/// <summary>Chooses the rows that remain.</summary>
public static class KeptRows
{
    /// <summary>Offsets of the largest scores in ascending order; of equal scores the lower offset wins.</summary>
    /// <param name="scores">A score for each row.</param>
    /// <param name="count">Rows to keep, at most as many as there are.</param>
    public static int[] Largest(ReadOnlySpan<float> scores, int count)
    {
        var keys = scores.ToArray();
        var offsets = new int[keys.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = i;
        }

        Array.Sort(offsets, (a, b) => keys[b].CompareTo(keys[a]) is var order and not 0 ? order : a.CompareTo(b));
        var kept = offsets[..count];
        Array.Sort(kept);
        return kept;
    }
}
