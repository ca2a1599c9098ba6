using System.Security.Cryptography;
using System.Text;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;

namespace Inference.Models.Quantization;

/// <summary>Which tensors of a quantised folder stand in which file.</summary>
internal sealed class QuantizedLayout
{
    private QuantizedLayout(IReadOnlyList<IReadOnlyList<QuantizedTensor>> shards, string run) => (Shards, Run) = (shards, run);

    /// <summary>The tensors of every file.</summary>
    public IReadOnlyList<IReadOnlyList<QuantizedTensor>> Shards { get; }

    /// <summary>Identity of model, formats and division: what a run that was stopped is known by. 64 hexadecimal digits.</summary>
    public string Run { get; }

    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => Shards.Sum(shard => shard.Sum(tensor => tensor.Bytes));

    /// <summary>Name of a file.</summary>
    public string FileName(int shard) => $"model-{shard + 1:D5}-of-{Shards.Count:D5}.safetensors";

    /// <summary>Divides the tensors, in the order of the source, into files of at most <paramref name="shardBytes"/> where no tensor alone
    /// is larger.</summary>
    /// <exception cref="CheckpointException">Matrices are missing or cannot be rounded.</exception>
    public static QuantizedLayout Create(Checkpoint checkpoint, QuantizationPlan plan, long shardBytes)
    {
        var formats = Formats(checkpoint, plan);
        var shards = new List<List<QuantizedTensor>>();
        var filled = 0L;
        var sources = checkpoint.Tensors
            .OrderBy(tensor => tensor.FileName, StringComparer.Ordinal).ThenBy(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var tensor = new QuantizedTensor(source, formats.TryGetValue(source, out var format) ? format : null);
            if (shards.Count == 0 || filled + tensor.Bytes > shardBytes)
            {
                shards.Add([]);
                filled = 0;
            }

            shards[^1].Add(tensor);
            filled += tensor.Bytes;
        }

        return new QuantizedLayout(shards, Identify(checkpoint.Fingerprint, shards));
    }

    private static Dictionary<TensorView, NumberFormat> Formats(Checkpoint checkpoint, QuantizationPlan plan)
    {
        var formats = new Dictionary<TensorView, NumberFormat>();
        for (var layer = 0; layer < plan.Layers.Count; layer++)
        {
            foreach (var name in DecoderLoader.BlockMatrices)
                Add(checkpoint.Text($"layers.{layer}.{name}"), plan.Layers[layer]);
        }

        Add(checkpoint.EmbedTokens(), QuantizationPlan.Vocabulary);
        // A tied model may hold the vocabulary matrix a second time; rounded alike, the two stay the same.
        if (checkpoint.TryGet(TensorRole.LmHead, "weight", out var head))
            Add(head, QuantizationPlan.Vocabulary);
        return formats;

        void Add(TensorView tensor, NumberFormat format)
        {
            var problem = tensor.Dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16)
                ? $"{tensor.Dtype.FormatName()} found; F32, F16 and BF16 can be rounded, once"
                : tensor.Shape.Length != 2 || tensor.ElementCount == 0
                ? $"shape {TensorView.FormatShape(tensor.Shape)} found; a matrix is needed"
                : format != NumberFormat.Int8 && tensor.Shape[1] % 2 != 0
                ? $"{tensor.Shape[1]} columns found; {format.Name()} needs an even number"
                : null;
            formats[tensor] = problem is null ? format : throw new CheckpointException(tensor.FileName, tensor.Name, problem);
        }
    }

    private static string Identify(string fingerprint, List<List<QuantizedTensor>> shards)
    {
        var text = new StringBuilder().Append(QuantizationKeys.Version).Append('\n').Append(fingerprint).Append('\n');
        foreach (var shard in shards)
        {
            foreach (var tensor in shard)
                text.Append(tensor.Format?.Name()).Append(' ').Append(tensor.Source.Name).Append('\n');
            text.Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
