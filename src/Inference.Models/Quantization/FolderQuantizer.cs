using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Quantization;

/// <summary>
/// Writes a model folder again with the decoder's matrices as integers in groups, a few rows at a time. Weight files come into their place
/// one by one when they are whole, configuration last: a run that was stopped goes on behind the last whole file, and until it ends the
/// folder is no model.
/// </summary>
public static class FolderQuantizer
{
    /// <summary>Bytes of a weight file where nothing else is asked for.</summary>
    public const long DefaultShardBytes = 1 << 30;

    private const string ConfigName = "config.json";

    private static readonly string[] CopiedEndings = [".json", ".jinja", ".txt", ".model", ".md"];

    /// <summary>Writes <paramref name="target"/>, or what is missing of it.</summary>
    /// <param name="checkpoint">The model; no GGUF file.</param>
    /// <param name="target">The folder: absent, empty, or left by a run with the same model and settings.</param>
    /// <param name="plan">What matrices become.</param>
    /// <param name="shardBytes">Bytes of a weight file where no tensor alone is larger.</param>
    /// <param name="progress">Told when a weight file is whole.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="CheckpointException">The model cannot be rounded, or the folder holds something else.</exception>
    public static QuantizedFolder Run(
        Checkpoint checkpoint, string target, QuantizationPlan plan, long shardBytes = DefaultShardBytes,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plan.Layers.Count, checkpoint.Config.Text.Layers, nameof(plan));
        if (!Directory.Exists(checkpoint.Folder))
            throw new CheckpointException(checkpoint.Folder, null, "a file found; a folder with safetensors is needed");
        target = Path.GetFullPath(target);
        if (Path.TrimEndingDirectorySeparator(target) == Path.TrimEndingDirectorySeparator(checkpoint.Folder))
            throw new CheckpointException(target, null, "the model's own folder found; another is needed");
        var layout = QuantizedLayout.Create(checkpoint, plan, shardBytes);
        var copied = CopiedFiles(checkpoint.Folder);
        using var folder = TargetFolder.Open(target, layout, [.. copied, ShardIndex.FileName, ConfigName]);
        var reused = WriteShards(folder, layout, progress, cancellationToken);
        foreach (var name in copied)
            folder.Write(name, File.ReadAllBytes(Path.Combine(checkpoint.Folder, name)));
        folder.Write(ShardIndex.FileName, Index(layout));
        folder.Write(ConfigName, Config(Path.Combine(checkpoint.Folder, ConfigName), plan));
        return new QuantizedFolder(checkpoint.WeightBytes, layout.Bytes, BitsPerWeight(layout), layout.Shards.Count, reused);
    }

    private static int WriteShards(
        TargetFolder folder, QuantizedLayout layout, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var (done, reused) = (0L, 0);
        for (var i = 0; i < layout.Shards.Count; i++)
        {
            var path = folder.FileOf(layout.FileName(i));
            if (File.Exists(path))
                reused++;
            else
                WriteShard(path, layout, layout.Shards[i], cancellationToken);
            done += layout.Shards[i].Sum(tensor => tensor.Bytes);
            progress?.Report(new LoadProgress(done, layout.Bytes));
        }

        return reused;
    }

    private static void WriteShard(
        string path, QuantizedLayout layout, IReadOnlyList<QuantizedTensor> tensors, CancellationToken cancellationToken)
    {
        using var writer = new SafetensorsWriter(path, new Dictionary<string, string> { [TargetFolder.RunKey] = layout.Run });
        foreach (var tensor in tensors)
            tensor.Declare(writer);
        foreach (var tensor in tensors)
            tensor.WriteTo(writer, cancellationToken);
        writer.Complete();
    }

    // What stands beside weights in such folders: tokenizer, processor, chat template, profile, licence. Other weights and their indices
    // stay behind.
    private static List<string> CopiedFiles(string folder) =>
    [
        .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!)
            .Where(name => CopiedEndings.Contains(Path.GetExtension(name)) || name.StartsWith("LICENSE", StringComparison.Ordinal))
            .Where(name => name != ConfigName && !name.EndsWith(".index.json", StringComparison.Ordinal) && !name.StartsWith('.'))
            .Order(StringComparer.Ordinal),
    ];

    private static double BitsPerWeight(QuantizedLayout layout)
    {
        var blocks = layout.Shards.SelectMany(shard => shard)
            .Where(tensor => tensor.Format is not null && tensor.Source.Name.Contains(".layers.", StringComparison.Ordinal)).ToList();
        return 8.0 * blocks.Sum(tensor => tensor.Bytes) / blocks.Sum(tensor => tensor.Source.ElementCount);
    }

    private static byte[] Index(QuantizedLayout layout)
    {
        return Indented(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", layout.Bytes);
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            for (var i = 0; i < layout.Shards.Count; i++)
            {
                foreach (var name in layout.Shards[i].SelectMany(tensor => tensor.Names))
                    json.WriteString(name, layout.FileName(i));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static byte[] Config(string path, QuantizationPlan plan)
    {
        var config = JsonNode.Parse(ConfigFile.ReadBytes(path, ConfigLimits.FileLength))!.AsObject();
        config[QuantizationKeys.Key] = new JsonObject
        {
            [QuantizationKeys.MethodKey] = QuantizationKeys.Method,
            [QuantizationKeys.VersionKey] = QuantizationKeys.Version,
            [QuantizationKeys.GroupSizeKey] = GroupEncoder.GroupSize,
            ["scale_dtype"] = "bfloat16",
            ["vocabulary"] = QuantizationPlan.Vocabulary.Name(),
            ["layers"] = new JsonArray([.. plan.Layers.Select(format => (JsonNode)format.Name())]),
        };
        return Indented(json => config.WriteTo(json));
    }

    private static byte[] Indented(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>What was written.</summary>
/// <param name="SourceBytes">Bytes of the model's weight files.</param>
/// <param name="Bytes">Bytes of the tensors in the new folder.</param>
/// <param name="BitsPerWeight">Of the blocks' matrices, scales and offsets included.</param>
/// <param name="Shards">Weight files.</param>
/// <param name="ReusedShards">Those that an earlier run had written.</param>
public sealed record QuantizedFolder(long SourceBytes, long Bytes, double BitsPerWeight, int Shards, int ReusedShards);
