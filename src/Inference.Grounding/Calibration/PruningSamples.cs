using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Calibration;

/// <summary>A question about an image.</summary>
/// <param name="Image">The encoded file.</param>
/// <param name="Prompt">The question; null for a description of the image in the model's own words.</param>
public sealed record PruningSample(ReadOnlyMemory<byte> Image, string? Prompt);

/// <summary>
/// Reads questions: a JSON object a line with <c>image</c>, a file beside the list, and <c>prompt</c>. Annotated scenes are such lists too.
/// </summary>
public static class PruningSamples
{
    /// <summary>The first <paramref name="most"/> questions of a list.</summary>
    /// <exception cref="EvaluationException">A line is no question, or its image lies outside the folder.</exception>
    public static IReadOnlyList<PruningSample> Read(string path, int most)
    {
        using var content = File.OpenRead(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<PruningSample> samples = [];
        foreach (var line in JsonLines.Read(new EvaluationSource(Path.GetFileName(path), content)))
        {
            if (samples.Count == most)
            {
                break;
            }

            var hasPrompt = line.Value.TryGetProperty("prompt", out var prompt) && prompt.ValueKind != JsonValueKind.Null;
            samples.Add(new PruningSample(ReadImage(line, folder), hasPrompt ? line.Text("prompt") : null));
        }

        return samples.Count > 0 ? samples : throw new EvaluationException(Path.GetFileName(path), "no questions", "at least one");
    }

    /// <summary>The file that a line names as its <c>image</c>.</summary>
    /// <exception cref="EvaluationException">It names none, or one outside of <paramref name="folder"/>.</exception>
    internal static byte[] ReadImage(JsonLine line, string folder)
    {
        var image = line.Text("image");
        var file = Path.GetFullPath(Path.Combine(folder, image));
        return file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new EvaluationException(
                $"{line.Place}: \"image\"", EvaluationException.Quote(image), "a file in the folder of the list");
    }
}
