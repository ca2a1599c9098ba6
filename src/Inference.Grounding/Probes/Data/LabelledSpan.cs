namespace Inference.Grounding.Probes.Data;

/// <summary>A stretch of an answer that is right or hallucinated.</summary>
/// <param name="Start">First character, UTF-16.</param>
/// <param name="End">One past the last character.</param>
/// <param name="FirstToken">First token of the answer that has text in it.</param>
/// <param name="Tokens">How many have, at least one.</param>
/// <param name="IsHallucinated">The label.</param>
public readonly record struct LabelledSpan(int Start, int End, int FirstToken, int Tokens, bool IsHallucinated);
