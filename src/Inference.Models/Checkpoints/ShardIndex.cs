using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>Reads model.safetensors.index.json: which shard holds which tensor.</summary>
internal static class ShardIndex
{
    public const string FileName = "model.safetensors.index.json";

    private const long MaxFileLength = 64 << 20;
    private const int MaxShards = 4096;

    /// <summary>Tensor name → shard, which is a plain file name inside the folder.</summary>
    public static Dictionary<string, string> Read(string folder) =>
        ConfigFile.Parse(FileName, ConfigFile.ReadBytes(Path.Combine(folder, FileName), MaxFileLength), root =>
        {
            if (root.Value("weight_map") is not { ValueKind: JsonValueKind.Object } map)
                throw root.Error("weight_map", "an object from tensor names to file names is needed");
            var shards = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in map.EnumerateObject())
                shards.Add(entry.Name, ShardName(entry));
            if (shards.Count == 0)
                throw root.Error("weight_map", "no tensor is listed");
            if (shards.Values.Distinct(StringComparer.Ordinal).Count() is > MaxShards and var count)
                throw root.Error("weight_map", $"{count} shards found; at most {MaxShards} are allowed");
            return shards;
        });

    private static string ShardName(JsonProperty entry)
    {
        var name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        // A downloaded index must not reach out of its folder, on any system's idea of a path.
        var plain = name.EndsWith(".safetensors", StringComparison.Ordinal)
            && name.AsSpan().IndexOfAny("/\\:\0") < 0
            && !name.StartsWith('.')
            && name.Length <= 255;
        return plain
            ? name
            : throw new CheckpointException(
                FileName, entry.Name,
                $"shard '{CheckpointException.Printable(name)}' found; a plain file name ending in .safetensors inside the folder is "
                    + "allowed");
    }
}
