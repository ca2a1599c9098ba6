using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>What a lens has read of a row whose layers run in several steps.</summary>
/// <param name="Rows">[lens rows, width]</param>
/// <param name="Enters">Earlier steps have read some of the layers.</param>
/// <param name="Leaves">Later steps read the others; the logits of this step mean nothing.</param>
public readonly record struct LensCarry(Matrix Rows, bool Enters, bool Leaves);
