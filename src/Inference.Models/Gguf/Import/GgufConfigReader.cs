using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Reads a decoder's sizes from metadata; what would change numbers and is not implemented is refused by name.</summary>
internal sealed class GgufConfigReader
{
    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly string _architecture;

    private GgufConfigReader(GgufFile file)
    {
        (_file, _metadata) = (file, file.Metadata);
        _architecture = _metadata.Text("general.architecture") ?? throw Error("general.architecture", "the key is missing");
        if (_architecture is not ("llama" or "qwen2"))
        {
            throw Error(
                "general.architecture",
                $"'{CheckpointException.Printable(_architecture)}' found; llama (Llama and Mistral) and qwen2 are supported"
                + (_architecture == MmprojKeys.Architecture
                    ? "; this is the image side (mmproj) that goes with a decoder in a file of its own"
                    : ""));
        }
    }

    /// <exception cref="CheckpointException">A key is missing or not supported.</exception>
    public static (ModelConfig Config, string Architecture) Read(GgufFile file)
    {
        var reader = new GgufConfigReader(file);
        var text = reader.ReadText();
        return (new ModelConfig
        {
            Family = ModelFamily.TextOnly,
            ModelType = reader._architecture,
            Text = text,
            TieWordEmbeddings = text.TieWordEmbeddings,
        }, reader._architecture);
    }

    private TextConfig ReadText()
    {
        Refuse();
        var (hidden, heads) = (Required("embedding_length"), Required("attention.head_count"));
        var kvHeads = Number("attention.head_count_kv") ?? heads;
        var headDim = Number("attention.key_length") ?? hidden / heads;
        Require("attention.head_count_kv", heads % kvHeads == 0, $"{kvHeads} found; it must divide {heads}");
        Require("attention.key_length", headDim > 0 && headDim % 2 == 0, $"heads are {headDim} wide; an even number is needed");
        Same("attention.value_length", headDim);
        Same("rope.dimension_count", headDim);
        var context = Required("context_length");
        var tokens = new GgufSpecialTokens(_metadata);
        return new TextConfig
        {
            ModelType = _architecture == "qwen2" ? TextModelType.Qwen2 : TextModelType.Llama,
            VocabSize = checked((int)Tensor(GgufNames.Embedding).Shape[0]),
            HiddenSize = hidden,
            IntermediateSize = Required("feed_forward_length"),
            Layers = Number("block_count", ConfigLimits.Layers) ?? throw Missing("block_count"),
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RmsNormEps = (float)(_metadata.Real(Key("attention.layer_norm_rms_epsilon"), 0, 1) ?? throw Missing("attention.layer_norm_rms_epsilon")),
            // Within the window full attention is the same.
            MaxPositionEmbeddings = Number("attention.sliding_window") is > 0 and var window ? Math.Min(window, context) : context,
            Rope = ReadRope(headDim),
            QkvBias = Has("blk.0.attn_q.bias"),
            OutputBias = Has("blk.0.attn_output.bias"),
            MlpBias = Has("blk.0.ffn_down.bias"),
            HiddenAct = Activation.Silu,
            TieWordEmbeddings = !Has(GgufNames.Head),
            BosTokenId = tokens.Bos,
            EosTokenIds = tokens.Ends,
            PadTokenId = tokens.Padding,
        };
    }

    private void Refuse()
    {
        if (_metadata.Number("split.count", 0, ushort.MaxValue) is > 1 and var parts)
            throw Error("split.count", $"{parts} found; join the parts with llama-gguf-split --merge");
        if (Number("expert_count") is > 0 and var experts)
            throw Error(Key("expert_count"), $"{experts} found; mixtures of experts are not implemented");
    }

    private RopeConfig ReadRope(int headDim)
    {
        var theta = _metadata.Real(Key("rope.freq_base"), 1e-3, 1e12) ?? 10_000;
        var scaling = _metadata.Text(Key("rope.scaling.type")) ?? "none";
        if (scaling == "linear")
            return new RopeConfig
            {
                Theta = theta,
                Kind = RopeKind.Linear,
                Factor = _metadata.Real(Key("rope.scaling.factor"), 1e-3, 1e6) ?? 1,
            };
        if (scaling != "none")
            throw Error(Key("rope.scaling.type"), $"'{CheckpointException.Printable(scaling)}' found; none and linear are supported");
        if (!Has(GgufNames.RotaryFactors))
            return new RopeConfig { Theta = theta };
        var factors = Tensor(GgufNames.RotaryFactors);
        var values = factors.ElementCount == headDim / 2
            ? factors.ToSingles()
            : throw Error(GgufNames.RotaryFactors, $"{factors.ElementCount} numbers found; {headDim / 2} are needed");
        return Array.TrueForAll(values, value => value > 0 && float.IsFinite(value))
            ? new RopeConfig { Theta = theta, Kind = RopeKind.Divisors, Divisors = values }
            : throw Error(GgufNames.RotaryFactors, "a factor that is no positive number found");
    }

    private bool Has(string tensor) => _file.Tensors.Any(view => view.Name == tensor);

    private TensorView Tensor(string name) =>
        _file.Tensors.FirstOrDefault(view => view.Name == name) ?? throw Error(name, "the tensor is missing");

    private string Key(string name) => $"{_architecture}.{name}";

    private int? Number(string name, int most = ConfigLimits.Size) => _metadata.Number(Key(name), 0, most);

    private int Required(string name) => Number(name) is > 0 and var value ? value : throw Missing(name);

    private void Same(string name, int value) =>
        Require(name, (Number(name) ?? value) == value, $"{Number(name)} found; only {value}, the width of a head, is supported");

    private void Require(string name, bool condition, string reason)
    {
        if (!condition)
            throw Error(Key(name), reason);
    }

    private CheckpointException Missing(string name) => Error(Key(name), "the key is missing or zero");

    private CheckpointException Error(string key, string reason) => new(_file.Name, key, reason);
}
