namespace Inference.Models.Vision;

/// <summary>
/// The most diverse rows (Alvar et al., DivPrune, CVPR 2025): greedy max-min over the cosine distances of the projected rows. Begins with
/// the row whose nearest neighbour is farthest; each next one is the row farthest from those chosen. Ties go to the lower offset.
/// </summary>
internal sealed class DivPrune : RowReduction
{
    private const int BlockRows = 256;

    public override string Name => "divprune";

    public override string Summary => "Keeps the most diverse rows: greedy max-min over cosine distances.";

    public override string Paper => "Alvar et al., DivPrune, CVPR 2025 (arXiv 2503.02175)";

    internal override int[] Select(EncodedRows rows, int count)
    {
        // How far each row is from the nearest of those chosen; of the first one: from its nearest neighbour.
        var distance = NearestNeighbours(rows);
        var chosen = new bool[rows.Count];
        var kept = new int[count];
        var similarity = new float[rows.Count];
        for (var i = 0; i < count; i++)
        {
            kept[i] = Farthest(distance, chosen);
            chosen[kept[i]] = true;
            rows.Similarities(kept[i], 1, similarity);
            for (var row = 0; row < rows.Count; row++)
            {
                var to = 1 - similarity[row];
                distance[row] = i == 0 ? to : Math.Min(distance[row], to);
            }
        }

        Array.Sort(kept);
        return kept;
    }

    private static float[] NearestNeighbours(EncodedRows rows)
    {
        var nearest = new float[rows.Count];
        var block = new float[Math.Min(BlockRows, rows.Count) * rows.Count];
        for (var first = 0; first < rows.Count; first += BlockRows)
        {
            var count = Math.Min(BlockRows, rows.Count - first);
            rows.Similarities(first, count, block.AsMemory(0, count * rows.Count));
            for (var i = 0; i < count; i++)
            {
                var similarities = block.AsSpan(i * rows.Count, rows.Count);
                // A row is its own nearest.
                similarities[first + i] = float.NegativeInfinity;
                nearest[first + i] = 1 - Largest(similarities);
            }
        }

        return nearest;
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }

    private static int Farthest(float[] distance, bool[] chosen)
    {
        var best = -1;
        for (var row = 0; row < distance.Length; row++)
        {
            if (!chosen[row] && (best < 0 || distance[row] > distance[best]))
            {
                best = row;
            }
        }

        return best;
    }
}
