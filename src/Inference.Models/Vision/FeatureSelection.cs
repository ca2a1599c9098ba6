namespace Inference.Models.Vision;

/// <summary>Which hidden states and rows of the tower the projector reads.</summary>
/// <param name="Layers">
/// Indices into the tower's hidden states (0 = embeddings), side by side along the features where there are several.
/// </param>
/// <param name="DropFirstRow">Whether row 0 of each tile is left out ("default"; the class token in CLIP).</param>
internal sealed record FeatureSelection(IReadOnlyList<int> Layers, bool DropFirstRow);
