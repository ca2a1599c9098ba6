using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

/// <summary>
/// An image side for the decoder of <see cref="SmallGguf"/> as other programs write it; keys and tensors can be changed
/// before it is written.
/// </summary>
internal sealed class SmallMmproj
{
    public const int Blocks = 2;
    public const int Width = 32;
    public const int Intermediate = 64;

    /// <param name="decoder">The configuration of the decoder.</param>
    /// <param name="family">LLaVA or LLaVA-NeXT.</param>
    /// <param name="isDownFirst">Whether the first matrix of a feed-forward is called "ffn_down", as the older converters do.</param>
    public SmallMmproj(ModelConfig decoder, ModelFamily family = ModelFamily.Llava, bool isDownFirst = true)
    {
        foreach (var tensor in MmprojTensors.Of(Complete(decoder, family), Blocks, isDownFirst))
            Tensors.Add(tensor.Name, tensor.Shape);
        if (family == ModelFamily.LlavaNext)
        {
            Keys[MmprojKeys.Pinpoints] = new[] { 8, 4, 4, 8 };
            Keys[MmprojKeys.MergeType] = MmprojKeys.SpatialUnpad;
        }
    }

    /// <summary>Those of the file that LLaVA-1.5 was first published with: nothing of a projector's type or of feature layers.</summary>
    public Dictionary<string, object> Keys { get; } = new()
    {
        ["general.architecture"] = MmprojKeys.Architecture,
        [MmprojKeys.HasText] = false,
        [MmprojKeys.HasVision] = true,
        [MmprojKeys.HasProjector] = true,
        [MmprojKeys.ImageSize] = 4,
        [MmprojKeys.PatchSize] = 2,
        [MmprojKeys.Width] = Width,
        [MmprojKeys.Intermediate] = Intermediate,
        [MmprojKeys.ProjectionWidth] = 768,
        [MmprojKeys.Heads] = 2,
        [MmprojKeys.NormEpsilon] = 1e-5f,
        [MmprojKeys.Blocks] = Blocks,
        [MmprojKeys.Mean] = new[] { 0.48145466f, 0.4578275f, 0.40821073f },
        [MmprojKeys.Deviation] = new[] { 0.26862954f, 0.26130258f, 0.27577711f },
        [MmprojKeys.UseGelu] = false,
    };

    /// <summary>Shapes by name.</summary>
    public Dictionary<string, long[]> Tensors { get; } = [];

    /// <summary>What every number of a tensor is, so that tensors can be told apart.</summary>
    public float ValueOf(string name) => 1 + Tensors.Keys.ToList().IndexOf(name);

    /// <summary>Writes the file; matrices as F16, or on request those that are multiplied with as Q8_0.</summary>
    public string Write(string folder, string name = "mmproj-small.gguf", bool quantized = false)
    {
        var path = Path.Combine(folder, name);
        using var writer = new GgufWriter(path);
        foreach (var (key, value) in Keys)
            Add(writer.Metadata, key, value);
        foreach (var (tensor, shape) in Tensors)
            writer.Declare(tensor, DtypeOf(tensor, shape, quantized), shape);
        foreach (var (tensor, shape) in Tensors)
        {
            var (count, value) = ((int)shape.Aggregate((a, b) => a * b), ValueOf(tensor));
            writer.Write(DtypeOf(tensor, shape, quantized) switch
            {
                TensorDtype.F32 => MemoryMarshal.AsBytes<float>([.. Enumerable.Repeat(value, count)]),
                TensorDtype.F16 => MemoryMarshal.AsBytes<Half>([.. Enumerable.Repeat((Half)value, count)]),
                _ => [.. Enumerable.Repeat(Block(value), count / 32).SelectMany(bytes => bytes)],
            });
        }

        writer.Complete();
        return path;
    }

    // Q8_0: a scale, then 32 integers.
    private static byte[] Block(float value) => [.. BitConverter.GetBytes((Half)value), .. Enumerable.Repeat((byte)1, 32)];

    private static TensorDtype DtypeOf(string tensor, long[] shape, bool quantized) =>
        shape.Length == 1 ? TensorDtype.F32
        : quantized && shape.Length == 2 && tensor != "v.position_embd.weight" ? TensorDtype.Q8
        : TensorDtype.F16;

    private static void Add(GgufMetadataWriter metadata, string key, object value)
    {
        switch (value)
        {
            case string text: metadata.Add(key, text); break;
            case bool flag: metadata.Add(key, flag); break;
            case int number: metadata.Add(key, number); break;
            case float number: metadata.Add(key, number); break;
            case int[] numbers: metadata.Add(key, numbers); break;
            case float[] numbers: metadata.Add(key, numbers); break;
            default: throw new ArgumentOutOfRangeException(nameof(value));
        }
    }

    private static ModelConfig Complete(ModelConfig decoder, ModelFamily family) => decoder with
    {
        Family = family,
        VisionFeatureLayers = [Blocks],
        Vision = new VisionConfig
        {
            ModelType = VisionModelType.Clip,
            HiddenSize = Width,
            IntermediateSize = Intermediate,
            Layers = Blocks,
            Heads = 2,
            ImageSize = 4,
            PatchSize = 2,
            HiddenAct = Activation.QuickGelu,
            LayerNormEps = 1e-5f,
        },
    };
}
