using System.Diagnostics.CodeAnalysis;
using Inference.Models.Gguf;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A model folder in the Hugging Face layout: config.json, generation_config.json if there is one, and model.safetensors or its shards; or
/// the GGUF file of a decoder, which holds all of it, and beside it that of its image side (mmproj). Tensors are asked for by role and
/// canonical name, whichever library version wrote them. Nothing in the folder is ever run.
/// </summary>
/// <remarks>Lookups may come from several threads.</remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly WeightFiles _weights;
    private readonly HashSet<TensorView> _used = [];

    private Checkpoint(string folder, ModelConfig config, GenerationConfig generation, WeightFiles weights, string fingerprint)
    {
        Folder = folder;
        Config = config;
        Generation = generation;
        _weights = weights;
        Fingerprint = fingerprint;
    }

    /// <summary>Full path of the folder or of the decoder's GGUF file.</summary>
    public string Folder { get; }

    /// <summary>Full path of the image side's GGUF file; null where there is none.</summary>
    public string? Mmproj { get; private init; }

    public ModelConfig Config { get; }

    /// <summary>generation_config.json, or the decoder's special tokens where that file is missing.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>Tokens that end a text: those of <see cref="Generation"/>, or the decoder's where it names none.</summary>
    public IReadOnlyList<int> EosTokenIds => Generation.EosTokenIds.Count > 0 ? Generation.EosTokenIds : Config.Text.EosTokenIds;

    /// <summary>
    /// SHA-256 as 64 hexadecimal digits over config.json, the weight files' headers and lengths, and a sample of every tensor.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>All tensors, in no order.</summary>
    internal IEnumerable<TensorView> Tensors => _weights.Tensors.Values;

    /// <summary>Bytes of all weight files.</summary>
    public long WeightBytes => _weights.Files.Sum(f => f.Length);

    /// <summary>Paths of the weight files.</summary>
    internal IEnumerable<string> WeightPaths =>
        Mmproj is { } mmproj ? [Folder, mmproj]
        : File.Exists(Folder) ? [Folder]
        : _weights.Files.Select(file => Path.Combine(Folder, file.Name));

    /// <summary>Numbers in all tensors of the weight files.</summary>
    public long Parameters => _weights.Tensors.Values.Sum(tensor => tensor.ElementCount);

    /// <summary>The type that most of the weights are stored in.</summary>
    public TensorDtype WeightDtype =>
        _weights.Tensors.Values.GroupBy(tensor => tensor.Dtype).MaxBy(group => group.Sum(tensor => tensor.ElementCount))!.Key;

    /// <summary>Opens and checks a folder or GGUF files; the weights are mapped, not read.</summary>
    /// <param name="folder">What <see cref="ModelFiles.Find"/> takes.</param>
    /// <param name="mmproj">The GGUF file of the image side; null: the one in the folder, if any.</param>
    /// <exception cref="CheckpointException">Something is missing, malformed or not supported; the message says what and where.</exception>
    public static Checkpoint Open(string folder, string? mmproj = null)
    {
        var files = ModelFiles.Find(folder, mmproj);
        folder = files.Model;
        if (GgufFile.IsNamed(folder))
            return OpenGguf(files);
        if (!Directory.Exists(folder))
            throw new CheckpointException(folder, null, "there is no such folder");
        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
            throw new CheckpointException(
                "adapter_config.json", null, "adapters are not applied: merge it into the weights and remove the file");

        var configBytes = ConfigFile.ReadBytes(Path.Combine(folder, "config.json"), ConfigLimits.FileLength);
        var config = ConfigFile.Parse("config.json", configBytes, ModelConfigReader.Read);
        var generation = ReadGeneration(folder, config.Text);
        var weights = WeightFiles.Open(folder);
        try
        {
            DecoderTensors.Check(config.Text, weights.Tensors.Values);
            return new(folder, config, generation, weights, Checkpoints.Fingerprint.Compute(configBytes, weights.Files));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static Checkpoint OpenGguf(ModelFiles files)
    {
        var opened = new List<GgufFile>();
        try
        {
            opened.Add(GgufFile.Open(files.Model));
            var (config, architecture) = GgufConfigReader.Read(opened[0]);
            var tensors = GgufCheckpoint.Rename(opened[0], architecture, config.Text);
            if (files.Mmproj is { } mmproj)
            {
                opened.Add(GgufFile.Open(mmproj));
                config = MmprojConfigReader.Read(opened[1], config, opened[0]);
                tensors = tensors.Concat(MmprojCheckpoint.Rename(opened[1], config));
            }

            var weights = WeightFiles.Of(opened, tensors);
            DecoderTensors.Check(config.Text, weights.Tensors.Values);
            var fingerprint = Checkpoints.Fingerprint.Compute([], weights.Files);
            return new(files.Model, config, DefaultGeneration(config.Text), weights, fingerprint) { Mmproj = files.Mmproj };
        }
        catch
        {
            opened.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>A decoder tensor, such as "layers.0.self_attn.q_proj.weight". See <see cref="Require"/>.</summary>
    public TensorView Text(string name, params ReadOnlySpan<long> shape) => Require(TensorRole.Text, name, shape);

    /// <summary>A tower tensor, such as "encoder.layers.0.layer_norm1.weight". See <see cref="Require"/>.</summary>
    public TensorView Vision(string name, params ReadOnlySpan<long> shape) => Require(TensorRole.Vision, name, shape);

    /// <summary>A projector tensor, such as "linear_1.weight". See <see cref="Require"/>.</summary>
    public TensorView Projector(string name, params ReadOnlySpan<long> shape) => Require(TensorRole.Projector, name, shape);

    /// <summary>LLaVA-NeXT's newline embedding [hidden].</summary>
    public TensorView ImageNewline() => Require(TensorRole.ImageNewline, "", Config.Text.HiddenSize);

    /// <summary>The embedding [vocab, hidden]. A tied checkpoint may hold the vocabulary matrix alone.</summary>
    public TensorView EmbedTokens() =>
        !TryGet(TensorRole.Text, "embed_tokens.weight", out _) && Config.TieWordEmbeddings && TryGet(TensorRole.LmHead, "weight", out _)
            ? Require(TensorRole.LmHead, "weight", Config.Text.VocabSize, Config.Text.HiddenSize)
            : Require(TensorRole.Text, "embed_tokens.weight", Config.Text.VocabSize, Config.Text.HiddenSize);

    /// <summary>
    /// The vocabulary matrix [vocab, hidden]; the same object as <see cref="EmbedTokens"/> where the two are tied. As in the transformers
    /// library, a tied checkpoint that holds both with different values is taken as untied.
    /// </summary>
    public TensorView LmHead()
    {
        if (!Config.TieWordEmbeddings)
            return Require(TensorRole.LmHead, "weight", Config.Text.VocabSize, Config.Text.HiddenSize);
        var embedding = EmbedTokens();
        if (!TryGet(TensorRole.LmHead, "weight", out _))
            return embedding;
        var head = Require(TensorRole.LmHead, "weight", Config.Text.VocabSize, Config.Text.HiddenSize);
        return head.HasSameBytes(embedding) ? embedding : head;
    }

    /// <summary>A tensor that must be there, with floating-point elements (F32, F16 or BF16) or integers with scales.</summary>
    /// <param name="role">The part of the model.</param>
    /// <param name="name">Canonical name within that part.</param>
    /// <param name="shape">The shape it must have; empty for any.</param>
    /// <exception cref="CheckpointException">Missing, of another shape or element type.</exception>
    public TensorView Require(TensorRole role, string name, params ReadOnlySpan<long> shape)
    {
        if (!TryGet(role, name, out var tensor))
            throw new CheckpointException(
                _weights.Label, TensorNames.Prefixes(role)[0] + name,
                $"the tensor is missing, also as {string.Join(", ", Spellings(role, name).Skip(1))}");
        if (!shape.IsEmpty && !tensor.Shape.SequenceEqual(shape))
            throw new CheckpointException(
                tensor.FileName, tensor.Name,
                $"shape {TensorView.FormatShape(tensor.Shape)} found; config.json asks for {TensorView.FormatShape(shape)}");
        if (tensor.Dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16)
            && !(tensor.Dtype.IsBlocked() && tensor.Shape.Length == 2) && !tensor.Dtype.IsGrouped())
            throw new CheckpointException(
                tensor.FileName, tensor.Name, $"dtype {tensor.Dtype.FormatName()} found; F32, F16 and BF16 weights are supported");
        return tensor;
    }

    /// <summary>Looks for a tensor under all spellings, newest first.</summary>
    public bool TryGet(TensorRole role, string name, [NotNullWhen(true)] out TensorView? tensor)
    {
        foreach (var spelling in Spellings(role, name))
        {
            if (!_weights.Tensors.TryGetValue(spelling, out tensor))
                continue;
            lock (_used)
                _used.Add(tensor);
            return true;
        }
        tensor = null;
        return false;
    }

    /// <summary>Names of tensors that no lookup has found so far; after loading, what the model does not use.</summary>
    public IReadOnlyList<string> UnusedTensors()
    {
        lock (_used)
            return [.. _weights.Tensors.Values.Where(t => !_used.Contains(t)).Select(t => t.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Gives all mapped pages back to the system, once the weights are packed.</summary>
    public void Release()
    {
        foreach (var file in _weights.Files)
            file.Release();
    }

    /// <summary>Unmaps the weights; views of them become unusable.</summary>
    public void Dispose() => _weights.Dispose();

    private static IEnumerable<string> Spellings(TensorRole role, string name) =>
        TensorNames.Prefixes(role).ToArray().Select(prefix => prefix + name);

    private static GenerationConfig ReadGeneration(string folder, TextConfig text)
    {
        const string FileName = "generation_config.json";
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? ConfigFile.Parse(FileName, ConfigFile.ReadBytes(path, ConfigLimits.FileLength), GenerationConfigReader.Read)
            : DefaultGeneration(text);
    }

    private static GenerationConfig DefaultGeneration(TextConfig text) =>
        new() { BosTokenId = text.BosTokenId, EosTokenIds = text.EosTokenIds, PadTokenId = text.PadTokenId };
}
