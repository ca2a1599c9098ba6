namespace Inference.Models.Vision;

/// <summary>What a selection may look at.</summary>
/// <param name="Count">Rows of the image.</param>
/// <param name="Attention">
/// Attention that each row received in the tower's last block, where <see cref="RowReduction.NeedsAttention"/>; else empty.
/// </param>
/// <param name="Similarities">
/// Fills a span of [count, rows] with the cosine similarities of rows [first, first + count) to all rows.
/// </param>
internal sealed record EncodedRows(int Count, float[] Attention, Action<int, int, Memory<float>> Similarities);
