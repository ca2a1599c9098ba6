using Inference.Cli.Options;
using Inference.Grounding.Evaluation.Degrading;
using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>Reads a folder of annotated scenes.</summary>
internal static class SceneFolder
{
    private const string Annotations = "annotations.jsonl";

    /// <summary>The scenes with their images.</summary>
    /// <param name="folder">Holds annotations.jsonl; images are named relative to it.</param>
    /// <param name="limit">Most scenes; null for all.</param>
    /// <param name="degradation">What is done to the images, or null.</param>
    public static IReadOnlyList<LoadedScene> Load(string folder, int? limit, Degradation? degradation)
    {
        using var file = EvaluationFile.Open(Path.Combine(folder, Annotations));
        var scenes = SceneSet.Read(file.Source, limit ?? int.MaxValue);
        return [.. scenes.Select((scene, i) =>
        {
            var image = File.ReadAllBytes(Path.Combine(folder, scene.Image));
            return new LoadedScene(i, scene, degradation is null ? image : degradation.Apply(image, (ulong)i));
        })];
    }
}
