namespace Inference.Models.Decoders;

/// <summary>
/// Consecutive blocks over which a sequence's KV cache has one length. A sequence whose tokens are dropped on the way has several groups,
/// each shorter than the one before it.
/// </summary>
/// <param name="FirstLayer">First block, 0-based.</param>
/// <param name="EndLayer">One past the last block.</param>
/// <param name="Cached">Tokens that the cache holds in these blocks before the step.</param>
/// <param name="Position">Position of the first row of the step; the others follow on unless they are set.</param>
public readonly record struct LayerGroup(int FirstLayer, int EndLayer, int Cached, int Position);
