using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Writes a golden again, with other names, other shards or tensors left out.</summary>
internal static class CheckpointCopy
{
    /// <param name="folder">Target.</param>
    /// <param name="model">Golden to copy.</param>
    /// <param name="rename">New name of a tensor; null leaves it out.</param>
    /// <param name="shards">1 for model.safetensors, more for an index.</param>
    /// <param name="config">Changes the text of config.json.</param>
    public static void Write(
        TemporaryFolder folder, string model, Func<string, string?>? rename = null, int shards = 1, Func<string, string>? config = null)
    {
        var text = File.ReadAllText(Goldens.FileOf(model, "config.json"));
        folder.Write("config.json", config?.Invoke(text) ?? text);
        folder.Copy(Goldens.FileOf(model, "generation_config.json"));
        using var source = SafetensorsFile.Open(Goldens.FileOf(model, "model.safetensors"));
        var tensors = source.Tensors.Select(t => (Name: rename is null ? t.Name : rename(t.Name), Tensor: t)).Where(t => t.Name is not null)
            .ToList();
        var map = new List<string>();
        for (var shard = 0; shard < shards; shard++)
        {
            var file = shards == 1 ? "model.safetensors" : $"model-{shard + 1:D5}-of-{shards:D5}.safetensors";
            var part = tensors.Where((_, i) => i % shards == shard).ToList();
            using var writer = new SafetensorsWriter(Path.Combine(folder.Path, file));
            foreach (var (name, tensor) in part)
                writer.Declare(name!, tensor.Dtype, tensor.Shape);
            foreach (var (name, tensor) in part)
                writer.WriteBytes(name!, tensor.Bytes);
            writer.Complete();
            map.AddRange(part.Select(t => $"\"{t.Name}\":\"{file}\""));
        }
        if (shards > 1)
            folder.Write("model.safetensors.index.json", $$"""{"metadata":{"total_size":1},"weight_map":{ {{string.Join(",", map)}} } }""");
    }
}
