using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>Reads the small JSON files of a model folder, with a cap on their length and no key twice.</summary>
internal static class ConfigFile
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Bytes of a file that must exist.</summary>
    public static byte[] ReadBytes(string path, long most)
    {
        var file = Path.GetFileName(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > most)
                throw new CheckpointException(file, null, $"{stream.Length} bytes found; at most {most} are allowed");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(file, null, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Parses an object; <paramref name="use"/> sees it as a section without path.</summary>
    public static T Parse<T>(string file, ReadOnlyMemory<byte> json, Func<ConfigSection, T> use)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(file, null, "a JSON object is needed");
            return use(new ConfigSection(file, "", document.RootElement));
        }
        catch (JsonException e)
        {
            throw new CheckpointException(file, null, $"not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // JsonElement reports strings that are not valid text this way.
            throw new CheckpointException(file, null, "the file holds a string that is not valid text", e);
        }
    }
}
