using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Collection;

/// <summary>
/// Reads labelled answers: a line each, <c>{"image", "prompt", "text", "spans": [{"start", "end", "label"}]}</c>. start and end count
/// Unicode characters
/// (code points, as Python does), half-open; label is true or 1 where the span is hallucinated, false or 0 where it is right, null where
/// nobody knows.
/// </summary>
public static class LabelledTextFile
{
    private const string SpanForm = "{\"start\", \"end\", \"label\"} within the text, label true, false, 1, 0 or null";

    /// <summary>The lines one by one.</summary>
    /// <exception cref="EvaluationException">A line is something else.</exception>
    public static IEnumerable<LabelledText> Read(EvaluationSource source) => JsonLines.Read(source).Select(Read);

    private static LabelledText Read(JsonLine line)
    {
        var text = line.Text("text");
        if (!line.Value.TryGetProperty("spans", out var spans) || spans.ValueKind != JsonValueKind.Array)
        {
            throw new EvaluationException($"{line.Place}: \"spans\"", "something else", $"an array of {SpanForm}");
        }

        var starts = CharacterStarts(text);
        var labels = spans.EnumerateArray().Select((span, i) => Read(span, starts, $"{line.Place}: \"spans\"[{i}]"));
        return new LabelledText(line.Place, line.Text("image"), line.Text("prompt"), text, [.. labels.OfType<TextLabel>()]);
    }

    private static TextLabel? Read(JsonElement span, List<int> starts, string place)
    {
        if (span.ValueKind != JsonValueKind.Object
            || Number(span, "start") is not { } start || Number(span, "end") is not { } end || !span.TryGetProperty("label", out var label)
            || start < 0 || end <= start || end >= starts.Count)
        {
            throw new EvaluationException(place, "something else", SpanForm);
        }

        bool? isHallucinated = label.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null => null,
            JsonValueKind.Number when label.TryGetInt32(out var number) && number is 0 or 1 => label.GetInt32() == 1,
            _ => throw new EvaluationException($"{place}.label", JsonLine.Describe(label.ValueKind), "true, false, 1, 0 or null"),
        };
        return isHallucinated is { } known ? new TextLabel(starts[start], starts[end], known) : null;
    }

    private static int? Number(JsonElement span, string name) =>
        span.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    // Where each character begins in UTF-16, and the end.
    private static List<int> CharacterStarts(string text)
    {
        List<int> starts = [];
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            starts.Add(at);
            at += rune.Utf16SequenceLength;
        }

        starts.Add(at);
        return starts;
    }
}
