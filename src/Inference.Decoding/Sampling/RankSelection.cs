namespace Inference.Decoding.Sampling;

/// <summary>Partial selection over a ranking (higher score first, ties to the lower index) without sorting it.</summary>
internal static class RankSelection
{
    /// <summary>
    /// The index at which the weights, added in rank order, first reach <paramref name="target"/>; the last one when they never do.
    /// Expected linear time (quickselect); <paramref name="order"/> is scratch as long as <paramref name="scores"/>.
    /// </summary>
    /// <param name="scores">What is ranked; no NaN.</param>
    /// <param name="weights">Weight of each; empty means 1 each, so that target k gives the k-th best.</param>
    /// <param name="target">Mass to reach.</param>
    /// <param name="order">Scratch for indices.</param>
    public static int Crossing(ReadOnlySpan<float> scores, ReadOnlySpan<double> weights, double target, Span<int> order)
    {
        for (int i = 0; i < scores.Length; i++) order[i] = i;
        int from = 0, to = scores.Length;
        double before = 0;
        while (to - from > 1)
        {
            int pivot = Partition(scores, order, from, to);
            double better = 0;
            for (int i = from; i < pivot; i++) better += Weight(weights, order[i]);
            if (pivot > from && before + better >= target)
            {
                to = pivot;
                continue;
            }
            double through = before + better + Weight(weights, order[pivot]);
            if (through >= target || pivot == to - 1) return order[pivot];
            before = through;
            from = pivot + 1;
        }
        return order[from];
    }

    /// <summary>Whether <paramref name="a"/> ranks before <paramref name="b"/>.</summary>
    public static bool Before(ReadOnlySpan<float> scores, int a, int b) => scores[a] > scores[b] || (scores[a] == scores[b] && a < b);

    private static double Weight(ReadOnlySpan<double> weights, int index) => weights.IsEmpty ? 1 : weights[index];

    // Puts a median of three in its place: everything before it ranks before it. Returns the place.
    private static int Partition(ReadOnlySpan<float> scores, Span<int> order, int from, int to)
    {
        int last = to - 1, middle = from + (to - from) / 2;
        if (Before(scores, order[middle], order[from])) Swap(order, middle, from);
        if (Before(scores, order[last], order[from])) Swap(order, last, from);
        if (Before(scores, order[last], order[middle])) Swap(order, last, middle);
        Swap(order, middle, last);
        int pivot = order[last], place = from;
        for (int i = from; i < last; i++)
            if (Before(scores, order[i], pivot)) Swap(order, i, place++);
        Swap(order, place, last);
        return place;
    }

    private static void Swap(Span<int> order, int a, int b) => (order[a], order[b]) = (order[b], order[a]);
}
