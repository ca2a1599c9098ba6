using Inference.Grounding.Calibration;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Importance;

/// <summary>A prompt that layers are watched on.</summary>
/// <param name="Image">An encoded image; null for text alone.</param>
/// <param name="Prompt">The text; null for a description of the image in the model's own words.</param>
public sealed record LayerSample(ReadOnlyMemory<byte>? Image, string? Prompt)
{
    /// <summary>
    /// The first <paramref name="most"/> prompts of a list: a JSON object a line with <c>image</c>, a file beside the list, or
    /// <c>prompt</c>, or both. Annotated scenes are such lists too.
    /// </summary>
    /// <exception cref="EvaluationException">A line has neither, or its image lies outside the folder.</exception>
    public static IEnumerable<LayerSample> Read(string path, int most)
    {
        using var content = File.OpenRead(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var line in JsonLines.Read(new EvaluationSource(Path.GetFileName(path), content)).Take(most))
        {
            var hasPrompt = line.Value.TryGetProperty("prompt", out _);
            var hasImage = line.Value.TryGetProperty("image", out _);
            yield return hasPrompt || hasImage
                // A bare null would become an empty image on its way through byte[].
                ? new LayerSample(
                    hasImage ? PruningSamples.ReadImage(line, folder) : default(ReadOnlyMemory<byte>?),
                    hasPrompt ? line.Text("prompt") : null)
                : throw new EvaluationException(line.Place, "neither \"image\" nor \"prompt\"", "one of them or both");
        }
    }
}
