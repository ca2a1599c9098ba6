namespace Inference.Engine.Kv;

/// <summary>What must be the same, besides the rows themselves, for two sequences to have the same keys and values.</summary>
/// <param name="Salt">Whose requests they are; null for those of everybody.</param>
/// <param name="Plan">What is dropped inside the decoder; null for nothing.</param>
/// <param name="Head">Rows from which on no row is dropped: 0 without a plan, else those up to the end of the last image.</param>
/// <param name="DependsOnPrompt">Which rows are dropped depends on rows behind the head.</param>
internal readonly record struct KvScope(string? Salt, string? Plan, int Head, bool DependsOnPrompt);
