namespace Inference.Grounding.Probes.Collection;

/// <summary>A part of a text and whether it is hallucinated; UTF-16, half-open.</summary>
public readonly record struct TextLabel(int Start, int End, bool IsHallucinated);

/// <summary>A line of a file with labelled answers.</summary>
/// <param name="Place">How messages name the line.</param>
/// <param name="Image">File of the image, as the line names it.</param>
/// <param name="Prompt">The user's text.</param>
/// <param name="Text">The answer.</param>
/// <param name="Labels">Its labelled parts.</param>
public sealed record LabelledText(string Place, string Image, string Prompt, string Text, IReadOnlyList<TextLabel> Labels);
