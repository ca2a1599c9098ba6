using System.Text.Json;

namespace Inference.Grounding.Evaluation;

/// <summary>
/// Reads a file with one JSON object per line, holding one line at a time. Blank lines and a byte order mark are skipped.
/// </summary>
internal static class JsonLines
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int LongestLine = 16 << 20;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>The objects in order; each is valid until the next is asked for.</summary>
    /// <exception cref="EvaluationException">A line is not a JSON object or too long.</exception>
    public static IEnumerable<JsonLine> Read(EvaluationSource source)
    {
        var buffer = new byte[64 << 10];
        var (start, end, number, ended) = (0, 0, 0, false);
        while (!ended || start < end)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0 && !ended)
            {
                (start, end, ended) = Fill(source, ref buffer, start, end, number + 1);
                continue;
            }

            number++;
            var line = buffer.AsMemory(start, length < 0 ? end - start : length);
            start = length < 0 ? end : start + length + 1;
            if (number == 1 && line.Span.StartsWith("\uFEFF"u8))
            {
                line = line[3..];
            }

            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            using var document = Parse(source.Name, number, line);
            yield return new JsonLine(source.Name, number, document.RootElement);
        }
    }

    private static (int Start, int End, bool Ended) Fill(EvaluationSource source, ref byte[] buffer, int start, int end, int number)
    {
        var held = end - start;
        buffer.AsSpan(start, held).CopyTo(buffer);
        if (held == buffer.Length)
        {
            if (held >= LongestLine)
            {
                throw new EvaluationException($"{source.Name} line {number}", "a longer line", $"up to {LongestLine >> 20} MiB");
            }

            Array.Resize(ref buffer, held * 2);
        }

        var read = source.Read(buffer.AsSpan(held));
        return (0, held + read, read == 0);
    }

    private static JsonDocument Parse(string name, int number, ReadOnlyMemory<byte> line)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(line, Options);
        }
        catch (JsonException)
        {
            throw new EvaluationException($"{name} line {number}", "text that is not JSON", "one JSON object per line");
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            var kind = JsonLine.Describe(document.RootElement.ValueKind);
            document.Dispose();
            throw new EvaluationException($"{name} line {number}", kind, "one JSON object per line");
        }

        return document;
    }
}
