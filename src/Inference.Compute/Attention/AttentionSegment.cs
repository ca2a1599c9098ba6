namespace Inference.Compute;

/// <summary>
/// Consecutive query rows of one sequence. Row <c>i</c> of the segment attends to the first <c>Visible + i × Causal</c> slots of the sequence's pages.
/// </summary>
/// <param name="FirstRow">First query row in the batch.</param>
/// <param name="RowCount">Number of query rows.</param>
/// <param name="FirstPage">Index, in the page table, of the sequence's first page for the layer at hand.</param>
/// <param name="Visible">Slots the first row sees, its own included.</param>
/// <param name="Causal">1: each row sees one slot more than the one before it. 0: all rows see the same (vision towers).</param>
public readonly record struct AttentionSegment(int FirstRow, int RowCount, int FirstPage, int Visible, int Causal);
