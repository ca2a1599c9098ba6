namespace Inference.Models.Decoders;

/// <summary>What one step may hold at most; buffers are sized by it once.</summary>
/// <param name="Rows">Rows of all sequences together (tokens prefilled and decoded).</param>
/// <param name="Sequences">Sequences in one step.</param>
/// <param name="Outputs">Rows whose logits are wanted.</param>
/// <param name="ContextLength">Tokens of one sequence.</param>
/// <param name="LensRows">Rows of intermediate layers whose logits are wanted (<see cref="LensPlan"/>), of all sequences together.</param>
/// <param name="Scores">Scores of probes (<see cref="ProbePlan"/>), of all sequences together.</param>
public sealed record StepLimits(int Rows, int Sequences, int Outputs, int ContextLength, int LensRows = 0, int Scores = 0);
