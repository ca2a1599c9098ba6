namespace Inference.Decoding.Pruning;

/// <summary>Every n-th row: the baseline that costs nothing and knows nothing.</summary>
internal sealed class UniformRank : Ranking
{
    public override string Name => "uniform";

    public override string Summary => "Keeps rows at even distances in raster order: a baseline.";

    public override string Paper => "baseline";

    public override RankingInput Input => RankingInput.None;

    // The middle of each of `count` equal parts, so that neither end is favoured.
    public override int[] Keep(RankedRows rows, int count)
    {
        var left = rows.Offsets.Length;
        var kept = new int[count];
        for (var i = 0; i < count; i++)
        {
            kept[i] = (int)(((2L * i) + 1) * left / (2L * count));
        }

        return kept;
    }
}
