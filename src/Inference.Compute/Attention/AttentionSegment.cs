namespace Inference.Compute;

/// <summary>
/// Consecutive query rows of one sequence. Row <c>i</c> of the segment attends to the first <c>Visible + i × Causal</c> slots of the
/// sequence's pages.
/// </summary>
/// <param name="FirstRow">First query row in the batch.</param>
/// <param name="RowCount">Number of query rows.</param>
/// <param name="FirstPage">Index of the sequence's first page within a layer's part of the page table.</param>
/// <param name="Visible">Slots the first row sees, its own included.</param>
/// <param name="Causal">1: each row sees one slot more than the one before it. 0: all rows see the same (vision towers).</param>
public readonly record struct AttentionSegment(int FirstRow, int RowCount, int FirstPage, int Visible, int Causal)
{
    /// <summary>The slot of the sequence that row <paramref name="i"/> of the segment occupies.</summary>
    public int SlotOf(int i) => Causal == 1 ? Visible - 1 + i : Visible - RowCount + i;

    /// <summary>Slots that row <paramref name="i"/> of the segment attends to: [0, result).</summary>
    public int VisibleTo(int i) => Visible + (i * Causal);
}
