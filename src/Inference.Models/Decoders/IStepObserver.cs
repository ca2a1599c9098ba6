using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// Looks at the residual stream while a step runs. hidden[i] is the output of block i: 0 the embeddings, L the last block before the final
/// norm. Matrices are valid during the call only.
/// </summary>
public interface IStepObserver
{
    /// <summary>Whether <see cref="OnHidden"/> is wanted for hidden[<paramref name="index"/>].</summary>
    bool Wants(int index);

    /// <summary>
    /// hidden: [active rows, width]; <see cref="StepBatch.RowOf"/> finds a row of the batch among them. All rows are active where no tokens
    /// are dropped.
    /// </summary>
    void OnHidden(int index, Matrix hidden, StepBatch batch);

    /// <summary>
    /// The rows of <see cref="StepBatch.OutputRows"/> after the final norm, and their logits. normed: [outputs, width], logits: [outputs,
    /// vocabulary].
    /// </summary>
    void OnOutput(Matrix normed, Matrix logits, StepBatch batch);
}
