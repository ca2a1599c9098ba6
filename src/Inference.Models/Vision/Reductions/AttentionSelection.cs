namespace Inference.Models.Vision;

/// <summary>
/// The rows that the tower itself looks at: VisionZip's dominant tokens (Yang et al., CVPR 2025). With a class token, its attention;
/// without one, the mean over all queries. VisionZip's second half, merging what is left into a few contextual tokens, is not part of it.
/// </summary>
internal sealed class AttentionSelection : RowReduction
{
    public override string Name => "visionzip";

    public override string Summary =>
        "Keeps the rows with the most attention in the vision tower: from the class token, or the mean over all tokens where there is "
            + "none (no merging).";

    public override string Paper => "Yang et al., VisionZip, CVPR 2025 (arXiv 2412.04467): its dominant tokens";

    internal override bool NeedsAttention => true;

    internal override int[] Select(EncodedRows rows, int count)
    {
        var scores = rows.Attention;
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        Array.Sort(order, (a, b) => scores[b].CompareTo(scores[a]) is var difference and not 0 ? difference : a.CompareTo(b));
        return [.. order[..count].Order()];
    }
}
