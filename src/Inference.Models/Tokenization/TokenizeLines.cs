using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inference.Models.Tokenization;

/// <summary>
/// Tokenizes JSON strings, one per line. For each it writes one line of ASCII JSON:
/// <c>{"ids":[…],"ids_with_special":[…],"decoded":"…","decoded_skip":"…"}</c>, where <c>decoded</c> is the decoding of <c>ids</c> with
/// special tokens kept and <c>decoded_skip</c> that of <c>ids_with_special</c> with them skipped. An escaped lone surrogate counts as
/// U+FFFD.
/// </summary>
public static class TokenizeLines
{
    private static readonly JsonWriterOptions Ascii = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>Reads to the end of the input. Lines before a bad one have been written when it is met.</summary>
    /// <exception cref="InvalidDataException">A line is no JSON string; the message has its number.</exception>
    /// <exception cref="TokenizerException">A text cannot be encoded.</exception>
    public static void Run(Tokenizer tokenizer, TextReader input, Stream output)
    {
        var line = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(line, Ascii);
        for (var number = 1; input.ReadLine() is { } text; number++)
        {
            Write(
                tokenizer, JsonString.Parse(text) ?? throw new InvalidDataException($"line {number}: a JSON string is needed here"),
                writer);
            line.Write("\n"u8);
            output.Write(line.WrittenSpan);
            line.ResetWrittenCount();
            writer.Reset();
        }
        output.Flush();
    }

    private static void Write(Tokenizer tokenizer, string text, Utf8JsonWriter writer)
    {
        var ids = tokenizer.Encode(text, addSpecialTokens: false);
        var withSpecial = tokenizer.Encode(text, addSpecialTokens: true);
        writer.WriteStartObject();
        WriteIds("ids", ids, writer);
        WriteIds("ids_with_special", withSpecial, writer);
        writer.WriteString("decoded", tokenizer.Decode(ids, skipSpecialTokens: false));
        writer.WriteString("decoded_skip", tokenizer.Decode(withSpecial, skipSpecialTokens: true));
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteIds(string name, int[] ids, Utf8JsonWriter writer)
    {
        writer.WriteStartArray(name);
        foreach (var id in ids) writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }
}
