namespace Inference.Models.Vision;

/// <summary>Rows at even distances in raster order: the baseline.</summary>
internal sealed class UniformSelection : RowReduction
{
    public override string Name => "uniform";

    public override string Summary => "Keeps rows at even distances in raster order: a baseline.";

    public override string Paper => "baseline";

    // The middle of each of `count` equal parts.
    internal override int[] Select(EncodedRows rows, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (int)(((2L * i) + 1) * rows.Count / (2L * count)))];
}
