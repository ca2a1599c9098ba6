using Inference.Models.Decoders;

namespace Inference.Engine.Scheduling;

/// <summary>
/// One sequence's part of a step: <see cref="Rows"/> rows from batch row <see cref="FirstRow"/> on, outputs from <see cref="FirstOutput"/>
/// on.
/// </summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="FirstRow">First row in the batch.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="FirstSlot">Place of the first row in the cache of the layers it goes through, or begins with.</param>
/// <param name="FirstOutput">First of the rows whose logits are wanted, among those of the batch.</param>
/// <param name="Outputs">Their number.</param>
/// <param name="IsPrompt">The rows are of the prompt.</param>
/// <param name="Samples">The last output is to be sampled: the row is the last of the prompt or of the generated tokens.</param>
internal readonly record struct StepEntry(
    Sequence Sequence, int FirstRow, int Rows, int FirstSlot, int FirstOutput, int Outputs, bool IsPrompt, bool Samples)
{
    /// <summary>The lens of the last output (<see cref="StepBatch.RequestLens"/>), or -1.</summary>
    public int Lens { get; init; } = -1;

    /// <summary>The first of the last row's probe scores (<see cref="StepBatch.RequestScores"/>), or -1.</summary>
    public int Scores { get; init; } = -1;
}
