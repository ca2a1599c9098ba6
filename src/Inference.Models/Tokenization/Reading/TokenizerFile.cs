using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads a whole file and turns every way in which that can fail into a <see cref="TokenizerException"/>.</summary>
internal static class TokenizerFile
{
    public const string Name = "tokenizer.json";

    public static Pipeline Load(string path)
    {
        if (GgufFile.IsNamed(path)) return GgufTokenizer.Load(path);
        var file = Directory.Exists(path) ? Path.Combine(path, Name) : path;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var length = stream.Length;
            if (length > TokenizerLimits.FileBytes) throw TooLarge(file, length);
            var json = new byte[length];
            stream.ReadExactly(json);
            return Parse(json, file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TokenizerException(file, $"there is no such file{SentencePieceHint(file)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TokenizerException(file, "the file cannot be read", error);
        }
    }

    public static Pipeline Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Length > TokenizerLimits.FileBytes) throw TooLarge(file, json.Length);
        if (LfsPointer.Is(json.Span)) throw new TokenizerException(file, LfsPointer.Problem);
        try
        {
            using var document = JsonDocument.Parse(json);
            return PipelineReader.Read(new JsonField(document.RootElement, file, "$"), file);
        }
        catch (JsonException error)
        {
            throw new TokenizerException(
                file, "$", $"this is not JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})", error);
        }
        catch (InvalidOperationException error)
        {
            // What System.Text.Json raises on reading a string that is no Unicode text, such as half a surrogate pair.
            throw new TokenizerException(file, "$", "a string is not valid Unicode", error);
        }
    }

    private static string SentencePieceHint(string file) => File.Exists(Path.Combine(Path.GetDirectoryName(file) ?? "", "tokenizer.model"))
        ? "; tokenizer.model is not read: AutoTokenizer.from_pretrained(…).save_pretrained(…) of transformers makes the one of the other"
        : "";

    private static TokenizerException TooLarge(string file, long length) =>
        new(file, "$", $"{length} bytes, at most {TokenizerLimits.FileBytes} are allowed");
}
