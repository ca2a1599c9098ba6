using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Loading;

namespace Inference.Models.Decoders;

/// <summary>Builds a <see cref="Decoder"/> from a checkpoint.</summary>
internal static class DecoderLoader
{
    /// <summary>Packs every block.</summary>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="checkpoint">Where they come from.</param>
    /// <param name="packer">Counts what was packed.</param>
    /// <param name="weights">How matrices are held; null: as they are stored.</param>
    /// <param name="contextLength">Positions to prepare for.</param>
    public static Decoder Load(IBackend backend, Checkpoint checkpoint, WeightPacker packer, NumberFormat? weights, int contextLength)
    {
        var config = checkpoint.Config.Text;
        var shape = ShapeOf(config);
        var embeddingView = checkpoint.EmbedTokens();
        var headView = checkpoint.LmHead();
        var vocabulary = VocabularyFormat(weights);
        var embedding = packer.Matrix(vocabulary, embeddingView);
        var layers = new DecoderLayer[shape.Layers];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = LoadLayer(new LayerTensors(checkpoint, i), config, packer, weights);
        }

        var norm = packer.Vector(checkpoint.Text("norm.weight", shape.Width));
        var head = ReferenceEquals(headView, embeddingView) ? embedding : packer.Matrix(vocabulary, headView);
        var rotary = RotaryTables.Build(backend, ScalingOf(config.Rope), shape.HeadDim, contextLength);
        return new Decoder(backend, shape, embedding, layers, norm, head, rotary);
    }

    /// <summary>
    /// How embeddings and the vocabulary matrix are held: never in fewer than eight bits, because every logit and every token's first row
    /// hang on them.
    /// </summary>
    internal static NumberFormat? VocabularyFormat(NumberFormat? weights) =>
        weights is NumberFormat.Int4 or NumberFormat.Int4Asymmetric ? NumberFormat.Int8 : weights;

    /// <summary>The matrices of a block by their canonical names.</summary>
    internal static IReadOnlyList<string> BlockMatrices { get; } =
    [
        "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.o_proj.weight",
        "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight",
    ];

    internal static DecoderShape ShapeOf(TextConfig config) => new()
    {
        Vocabulary = config.VocabSize,
        Width = config.HiddenSize,
        Intermediate = config.IntermediateSize,
        Layers = config.Layers,
        Heads = config.Heads,
        KvHeads = config.KvHeads,
        HeadDim = config.HeadDim,
        NormEpsilon = config.RmsNormEps,
        Activation = config.HiddenAct,
    };

    internal static RopeScaling ScalingOf(RopeConfig rope)
    {
        var scaling = rope.Kind switch
        {
            RopeKind.Linear => new LinearRopeScaling(rope.Theta, rope.Factor),
            RopeKind.Llama3 =>
                new Llama3RopeScaling(rope.Theta, rope.Factor, rope.LowFreqFactor, rope.HighFreqFactor, rope.OriginalMaxPositionEmbeddings),
            RopeKind.Divisors => new DivisorRopeScaling(rope.Theta, rope.Divisors),
            _ => new RopeScaling(rope.Theta),
        };
        return scaling with { Format = rope.FrequencyFormat };
    }

    private static DecoderLayer LoadLayer(LayerTensors tensors, TextConfig config, WeightPacker packer, NumberFormat? weights)
    {
        long width = config.HiddenSize, queries = (long)config.Heads * config.HeadDim, keys = (long)config.KvHeads * config.HeadDim;
        long inner = config.IntermediateSize;
        return new DecoderLayer
        {
            AttentionNorm = packer.Vector(tensors.Get("input_layernorm.weight", width)),
            QueryKeyValue = packer.Matrix(
                weights,
                tensors.Get("self_attn.q_proj.weight", queries, width),
                tensors.Get("self_attn.k_proj.weight", keys, width),
                tensors.Get("self_attn.v_proj.weight", keys, width)),
            QueryKeyValueBias = !config.QkvBias ? null : packer.Vector(
                tensors.Get("self_attn.q_proj.bias", queries), tensors.Get("self_attn.k_proj.bias", keys),
                tensors.Get("self_attn.v_proj.bias", keys)),
            Output = packer.Matrix(weights, tensors.Get("self_attn.o_proj.weight", width, queries)),
            OutputBias = !config.OutputBias ? null : packer.Vector(tensors.Get("self_attn.o_proj.bias", width)),
            FeedForwardNorm = packer.Vector(tensors.Get("post_attention_layernorm.weight", width)),
            GateUp = packer.Matrix(
                weights, tensors.Get("mlp.gate_proj.weight", inner, width), tensors.Get("mlp.up_proj.weight", inner, width)),
            GateUpBias = !config.MlpBias
                ? null
                : packer.Vector(tensors.Get("mlp.gate_proj.bias", inner), tensors.Get("mlp.up_proj.bias", inner)),
            Down = packer.Matrix(weights, tensors.Get("mlp.down_proj.weight", width, inner)),
            DownBias = !config.MlpBias ? null : packer.Vector(tensors.Get("mlp.down_proj.bias", width)),
        };
    }

    private readonly record struct LayerTensors(Checkpoint Checkpoint, int Index)
    {
        public TensorView Get(string name, params ReadOnlySpan<long> shape) => Checkpoint.Text($"layers.{Index}.{name}", shape);
    }
}
