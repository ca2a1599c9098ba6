namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>A yes/no question about a scene.</summary>
public readonly record struct SceneQuestion(string Text, bool IsYes);

/// <summary>An image with everything that is true of it.</summary>
/// <param name="Image">File of the image, relative to the annotations.</param>
/// <param name="Objects">What is drawn, from left to right.</param>
/// <param name="Caption">All objects in one sentence.</param>
/// <param name="Questions">Questions about what there is.</param>
public sealed record Scene(string Image, IReadOnlyList<SceneObject> Objects, string Caption, IReadOnlyList<SceneQuestion> Questions);
