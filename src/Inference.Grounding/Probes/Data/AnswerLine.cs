using System.Buffers;
using System.Text;
using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Data;

/// <summary>A line of answers.jsonl: everything of an answer but what has a row in the shard.</summary>
internal static class AnswerLine
{
    /// <summary>The line of an answer whose tokens begin at a row of a shard.</summary>
    public static string Write(ProbeAnswer answer, int shard, int firstRow)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("image", answer.Image);
            json.WriteString("sha256", answer.Sha256);
            json.WriteString("prompt", answer.Prompt);
            json.WriteString("text", answer.Text);
            json.WriteNumber("shard", shard);
            json.WriteNumber("first_row", firstRow);
            json.WriteStartArray("ends");
            foreach (var end in answer.Ends)
            {
                json.WriteNumberValue(end);
            }

            json.WriteEndArray();
            json.WriteStartArray("spans");
            foreach (var span in answer.Spans)
            {
                json.WriteStartObject();
                json.WriteNumber("start", span.Start);
                json.WriteNumber("end", span.End);
                json.WriteNumber("first_token", span.FirstToken);
                json.WriteNumber("tokens", span.Tokens);
                json.WriteBoolean("hallucinated", span.IsHallucinated);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>An answer without what has a row in the shard, and where its rows lie.</summary>
    /// <exception cref="EvaluationException">The line is something else.</exception>
    public static (ProbeAnswer Answer, int Shard, int FirstRow) Read(JsonLine line)
    {
        try
        {
            var root = line.Value;
            int[] ends = [.. root.GetProperty("ends").EnumerateArray().Select(end => end.GetInt32())];
            LabelledSpan[] spans = [.. root.GetProperty("spans").EnumerateArray().Select(ReadSpan)];
            var (shard, firstRow) = (root.GetProperty("shard").GetInt32(), root.GetProperty("first_row").GetInt32());
            var text = line.Text("text");
            var areThere = Array.TrueForAll(spans, span =>
                span.FirstToken >= 0 && span.Tokens > 0 && span.FirstToken <= ends.Length - span.Tokens
                && span.Start >= 0 && span.Start < span.End && span.End <= text.Length);
            if (shard < 0 || firstRow < 0 || !areThere)
            {
                throw new EvaluationException(line.Place, "a span or row that is not there", "what probe collect wrote");
            }

            return (new ProbeAnswer
            {
                Image = line.Text("image"),
                Sha256 = line.Text("sha256"),
                Prompt = line.Text("prompt"),
                Text = text,
                Tokens = [],
                Ends = ends,
                Logprobs = [],
                Entropies = [],
                Spans = spans,
            }, shard, firstRow);
        }
        catch (Exception problem) when (problem is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new EvaluationException(line.Place, "something else", "what probe collect wrote");
        }
    }

    private static LabelledSpan ReadSpan(JsonElement span) => new(
        span.GetProperty("start").GetInt32(), span.GetProperty("end").GetInt32(), span.GetProperty("first_token").GetInt32(),
        span.GetProperty("tokens").GetInt32(), span.GetProperty("hallucinated").GetBoolean());
}
