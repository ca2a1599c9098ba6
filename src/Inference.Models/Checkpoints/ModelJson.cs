using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Inference.Models.Checkpoints;

/// <summary>Small JSON files of the project's own that say something about one model.</summary>
public static class ModelJson
{
    /// <summary>How they are spelt: names in snake case; what is unknown or there twice is an error. A context owns its options.</summary>
    public static JsonSerializerOptions Options() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    /// <summary>Writes a file; it is whole or absent.</summary>
    public static void Write<T>(string path, T content, JsonTypeInfo<T> type)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(content, type));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
