using Inference.Models.Regions;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>A drawn object and what can be said of it.</summary>
/// <param name="Shape">Its noun, such as "ring".</param>
/// <param name="Color">Such as "green".</param>
/// <param name="Size">"small" or "large".</param>
/// <param name="Striped">Whether it has stripes.</param>
/// <param name="Box">In 0..1 of the image.</param>
/// <param name="Name">Every attribute: "small green striped ring".</param>
/// <param name="Expression">The shortest expression that fits this object alone; null where there is none.</param>
/// <param name="Detail">The name and how the object lies to its neighbours.</param>
public sealed record SceneObject(
    string Shape, string Color, string Size, bool Striped, Box Box, string Name, string? Expression, string Detail);
