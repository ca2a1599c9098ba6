using System.Text.Json;
using Inference.Grounding.Evaluation;
using Inference.Models.Regions;

namespace Inference.Grounding.Importance;

/// <summary>An image and regions of it.</summary>
/// <param name="File">File of the image, relative to the annotations.</param>
/// <param name="Boxes">In 0..1 of width and height.</param>
public sealed record AnnotatedImage(string File, IReadOnlyList<Box> Boxes)
{
    private const int Most = 1_000_000;
    private const string Form = "{\"image\": file, \"objects\": [{\"box\": [x1, y1, x2, y2] in 0..1}]}";

    /// <summary>Reads one JSON object a line; further members are not looked at.</summary>
    /// <exception cref="EvaluationException">A line is something else.</exception>
    public static IReadOnlyList<AnnotatedImage> Read(EvaluationSource source)
    {
        List<AnnotatedImage> images = [.. JsonLines.Read(source).Take(Most).Select(Read)];
        return images.Exists(image => image.Boxes.Count > 0) ? images : throw new EvaluationException(source.Name, "no region", Form);
    }

    private static AnnotatedImage Read(JsonLine line)
    {
        if (!line.Value.TryGetProperty("objects", out var objects) || objects.ValueKind != JsonValueKind.Array)
        {
            throw new EvaluationException($"{line.Place}: \"objects\"", "no array", Form);
        }

        return new AnnotatedImage(line.Text("image"), [.. objects.EnumerateArray().Select((item, i) => ReadBox(item)
            ?? throw new EvaluationException($"{line.Place}: \"objects\"[{i}]", "something else", Form))]);
    }

    private static Box? ReadBox(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("box", out var box)
            || box.ValueKind != JsonValueKind.Array || box.GetArrayLength() != 4)
        {
            return null;
        }

        Span<double> sides = stackalloc double[4];
        for (var i = 0; i < sides.Length; i++)
        {
            if (box[i].ValueKind != JsonValueKind.Number || !box[i].TryGetDouble(out sides[i]) || sides[i] is not (>= 0 and <= 1))
            {
                return null;
            }
        }

        var read = new Box(sides[0], sides[1], sides[2], sides[3]);
        return read.IsProper ? read : null;
    }
}
