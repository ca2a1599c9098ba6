using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Grounding.Probes.Collection;

/// <summary>
/// Labels the objects that an answer about a drawn scene mentions: a mention is hallucinated when no object of the scene has everything
/// that it says
/// (shape, colour, size, stripes); what it leaves unsaid is not held against it.
/// </summary>
public static class SceneLabels
{
    /// <summary>The mentions of a text in reading order.</summary>
    public static IReadOnlyList<TextLabel> Of(string text, Scene scene) =>
        [.. SceneExtractor.Extract(text).Select(mention =>
            new TextLabel(mention.Start, mention.Start + mention.Length, !scene.Objects.Any(mention.Fits)))];
}
