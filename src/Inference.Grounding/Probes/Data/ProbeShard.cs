using Inference.Models.Checkpoints;

namespace Inference.Grounding.Probes.Data;

/// <summary>Names of a shard: a safetensors file with a row for each token of consecutive answers.</summary>
internal static class ProbeShard
{
    /// <summary>Token ids, I64 [rows].</summary>
    public const string Tokens = "tokens";

    /// <summary>Log-probabilities, F32 [rows].</summary>
    public const string Logprobs = "logprobs";

    /// <summary>Entropies, F32 [rows].</summary>
    public const string Entropies = "entropies";

    /// <summary>Type of the hidden states of a shard.</summary>
    public static TensorDtype Dtype(bool isHalf) => isHalf ? TensorDtype.BF16 : TensorDtype.F32;

    /// <summary>Hidden states of a layer, [rows, width].</summary>
    public static string Hidden(int layer) => $"hidden.{layer}";

    /// <summary>File of a shard.</summary>
    public static string FileName(int shard) => $"shard-{shard:D5}.safetensors";
}
