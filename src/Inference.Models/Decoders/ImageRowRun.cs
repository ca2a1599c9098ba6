using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>Consecutive rows of a step whose embeddings are rows of an encoded image. Features: [Count, width].</summary>
public readonly record struct ImageRowRun(int FirstRow, Matrix Features);
