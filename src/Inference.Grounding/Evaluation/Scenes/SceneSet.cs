using System.Text.Json;
using Inference.Models.Regions;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>Reads annotated scenes, one JSON object per line, as weights/demo/recipe/annotate.py writes them.</summary>
public static class SceneSet
{
    private const int MostScenes = 100_000;
    private const string ObjectForm =
        "{\"shape\", \"color\", \"size\", \"striped\", \"box\": [x1, y1, x2, y2] in 0..1, \"name\", \"expression\", \"detail\"}";

    /// <summary>The scenes in order.</summary>
    /// <param name="source">annotations.jsonl.</param>
    /// <param name="limit">How many to read at most.</param>
    /// <exception cref="EvaluationException">A line is something else.</exception>
    public static IReadOnlyList<Scene> Read(EvaluationSource source, int limit = MostScenes)
    {
        var scenes = JsonLines.Read(source).Take(Math.Min(limit, MostScenes)).Select(Read).ToList();
        return scenes.Count > 0 ? scenes : throw new EvaluationException(source.Name, "no scene", "one scene per line");
    }

    private static Scene Read(JsonLine line) => new(
        line.Text("image"),
        [.. Items(line, "objects").Select((item, i) => ReadObject(item, $"{line.Place}: \"objects\"[{i}]"))],
        line.Text("caption"),
        [.. Items(line, "exists").Select((item, i) => ReadQuestion(item, $"{line.Place}: \"exists\"[{i}]"))]);

    private static SceneObject ReadObject(JsonElement item, string place) =>
        Word(item, "shape", SceneWords.Shapes) is { } shape && Word(item, "color", SceneWords.Colors) is { } color
        && Word(item, "size", SceneWords.Sizes) is { } size && Flag(item, "striped") is { } striped && ReadBox(item) is { } box
        && Text(item, "name") is { } name && Text(item, "detail") is { } detail
            ? new SceneObject(shape, color, size, striped, box, name, Text(item, "expression"), detail)
            : throw new EvaluationException(place, "something else", ObjectForm);

    private static SceneQuestion ReadQuestion(JsonElement item, string place) =>
        Text(item, "question") is { } question && Text(item, "answer") is ("yes" or "no") and var answer
            ? new SceneQuestion(question, answer == "yes")
            : throw new EvaluationException(place, "something else", "{\"question\": …, \"answer\": \"yes\" or \"no\"}");

    private static Box? ReadBox(JsonElement item)
    {
        if (!TryGet(item, "box", JsonValueKind.Array, out var value) || value.GetArrayLength() != 4)
        {
            return null;
        }

        Span<double> sides = stackalloc double[4];
        for (var i = 0; i < sides.Length; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetDouble(out sides[i]) || sides[i] is < 0 or > 1)
            {
                return null;
            }
        }

        return sides[0] < sides[2] && sides[1] < sides[3] ? new Box(sides[0], sides[1], sides[2], sides[3]) : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonLine line, string name) =>
        TryGet(line.Value, name, JsonValueKind.Array, out var value)
        ? value.EnumerateArray()
        : throw new EvaluationException($"{line.Place}: \"{name}\"", "something else", "an array");

    private static string? Word(JsonElement item, string name, IReadOnlyList<string> known) =>
        Text(item, name) is { } word && known.Contains(word) ? word : null;

    private static string? Text(JsonElement item, string name)
    {
        try
        {
            return TryGet(item, name, JsonValueKind.String, out var value) ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Escapes may spell half of a surrogate pair, which is no text.
            return null;
        }
    }

    private static bool? Flag(JsonElement item, string name) =>
        TryGet(item, name, JsonValueKind.True, out _) ? true : TryGet(item, name, JsonValueKind.False, out _) ? false : null;

    private static bool TryGet(JsonElement item, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out value) && value.ValueKind == kind;
    }
}
