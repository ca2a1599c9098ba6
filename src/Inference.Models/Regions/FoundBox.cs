namespace Inference.Models.Regions;

/// <summary>A box found in text.</summary>
/// <param name="Box">In pixels of the original image, within it.</param>
/// <param name="Start">Where its text begins, in UTF-16 units.</param>
/// <param name="Length">Length of its text.</param>
public readonly record struct FoundBox(Box Box, int Start, int Length);
