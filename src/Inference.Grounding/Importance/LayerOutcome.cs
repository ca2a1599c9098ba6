namespace Inference.Grounding.Importance;

/// <summary>A candidate for the description of a region: the layer that elicited it and its cycle-consistency score.</summary>
public readonly record struct LayerOutcome(int Layer, double Score);
