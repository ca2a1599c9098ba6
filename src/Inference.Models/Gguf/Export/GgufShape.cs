using Inference.Models.Checkpoints;
using Inference.Models.Decoders;

namespace Inference.Models.Gguf;

/// <summary>The sizes of a decoder as GGUF metadata.</summary>
/// <param name="Architecture">"llama" or "qwen2".</param>
/// <param name="Name">Name for people.</param>
/// <param name="Decoder">Sizes.</param>
/// <param name="ContextLength">Longest sequence.</param>
/// <param name="Rotary">Rotary frequencies.</param>
internal sealed record GgufShape(string Architecture, string Name, DecoderShape Decoder, int ContextLength, RopeScaling Rotary)
{
    /// <summary>
    /// What the unscaled rotary frequencies are divided by, [headDim / 2]; null where that is 1 or one factor for all, which has a key of
    /// its own.
    /// </summary>
    public float[]? RotaryFactors()
    {
        if (Rotary is LinearRopeScaling)
            return null;
        var plain = new RopeScaling(Rotary.Theta).InverseFrequencies(Decoder.HeadDim);
        var scaled = Rotary.InverseFrequencies(Decoder.HeadDim);
        return plain.AsSpan().SequenceEqual(scaled) ? null : [.. plain.Zip(scaled, (from, to) => from / to)];
    }

    /// <summary>Writes all keys.</summary>
    /// <param name="metadata">Where to.</param>
    /// <param name="dtype">The type of most weights.</param>
    public void WriteTo(GgufMetadataWriter metadata, TensorDtype dtype)
    {
        metadata.Add("general.architecture", Architecture);
        metadata.Add("general.name", Name);
        metadata.Add("general.alignment", GgufWriter.Alignment);
        metadata.Add("general.file_type", FileType(dtype));
        metadata.Add("general.quantization_version", 2);
        Add("context_length", ContextLength);
        Add("embedding_length", Decoder.Width);
        Add("block_count", Decoder.Layers);
        Add("feed_forward_length", Decoder.Intermediate);
        Add("attention.head_count", Decoder.Heads);
        Add("attention.head_count_kv", Decoder.KvHeads);
        Add("attention.key_length", Decoder.HeadDim);
        Add("attention.value_length", Decoder.HeadDim);
        metadata.Add($"{Architecture}.attention.layer_norm_rms_epsilon", Decoder.NormEpsilon);
        Add("rope.dimension_count", Decoder.HeadDim);
        metadata.Add($"{Architecture}.rope.freq_base", (float)Rotary.Theta);
        Add("vocab_size", Decoder.Vocabulary);
        if (Rotary is LinearRopeScaling linear)
        {
            metadata.Add($"{Architecture}.rope.scaling.type", "linear");
            metadata.Add($"{Architecture}.rope.scaling.factor", (float)linear.Factor);
        }

        void Add(string key, int value) => metadata.Add($"{Architecture}.{key}", value);
    }

    /// <summary>The number that llama.cpp gives to a file by the type of most of its tensors.</summary>
    public static int FileType(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F32 => 0,
        TensorDtype.F16 => 1,
        TensorDtype.Q4 => 2,
        TensorDtype.Q8 => 7,
        _ => 32,
    };
}
