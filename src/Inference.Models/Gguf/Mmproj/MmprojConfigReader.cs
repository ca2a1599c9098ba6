using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// Reads the sizes of an image side from metadata and joins them to those of its decoder; what is not implemented is refused by name.
/// </summary>
internal sealed class MmprojConfigReader
{
    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly HashSet<string> _tensors;

    private MmprojConfigReader(GgufFile file) =>
        (_file, _metadata, _tensors) = (file, file.Metadata, file.Tensors.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal));

    /// <summary>The whole model.</summary>
    /// <param name="file">The image side.</param>
    /// <param name="decoder">The decoder's configuration.</param>
    /// <param name="decoderFile">The decoder.</param>
    /// <exception cref="CheckpointException">A key is missing or not supported, or the two files do not go together.</exception>
    public static ModelConfig Read(GgufFile file, ModelConfig decoder, GgufFile decoderFile)
    {
        var reader = new MmprojConfigReader(file);
        reader.Refuse();
        reader.CheckWidth(decoder.Text.HiddenSize, decoderFile.Name);
        var vision = reader.ReadTower();
        var pinpoints = reader.ReadPinpoints();
        return decoder with
        {
            Family = pinpoints.Length > 0 ? ModelFamily.LlavaNext : ModelFamily.Llava,
            ModelType = pinpoints.Length > 0 ? "llava_next" : "llava",
            Vision = vision,
            // A decoder that knows no image token gets an id behind its vocabulary, as LLaVA's folders have it: its row is never read.
            ImageTokenId = new GgufSpecialTokens(decoderFile.Metadata).Image ?? decoder.Text.VocabSize,
            VisionFeatureLayers = reader.ReadFeatureLayers(vision.Layers),
            VisionFeatureSelectStrategy = vision.ModelType == VisionModelType.Clip
                ? VisionFeatureSelectStrategy.Default
                : VisionFeatureSelectStrategy.Full,
            ImageGridPinpoints = pinpoints,
        };
    }

    /// <summary>
    /// The activation of a tower's feed-forward. llama.cpp knows one GELU and approximates it for all; what was trained differs: CLIP
    /// towers that are not quick have the exact one, SigLIP's is the tanh form.
    /// </summary>
    public static Activation TowerActivation(VisionModelType tower, bool useGelu) =>
        !useGelu ? Activation.QuickGelu : tower == VisionModelType.Clip ? Activation.Gelu : Activation.GeluTanh;

    private void Refuse()
    {
        var architecture = CheckpointException.Printable(_metadata.Text("general.architecture") ?? "");
        if (architecture != MmprojKeys.Architecture)
            throw Error("general.architecture", $"'{architecture}' found; an mmproj file has '{MmprojKeys.Architecture}'");
        if (_metadata.Flag(MmprojKeys.HasVision) == false)
            throw Error(MmprojKeys.HasVision, "false found; a file with a vision tower is needed");
        var projector = _metadata.Text(MmprojKeys.Projector) ?? _metadata.Text(MmprojKeys.VisionProjector)
            ?? (_metadata.Flag(MmprojKeys.HasProjector) == true ? MmprojKeys.Mlp : throw Error(MmprojKeys.Projector, "the key is missing"));
        if (projector != MmprojKeys.Mlp)
            throw Error(MmprojKeys.Projector, $"'{CheckpointException.Printable(projector)}' found; mlp, LLaVA's, is supported");
        if (_tensors.Contains("mm.3.weight"))
            throw Error("mm.3.weight", "a projector with norms found (Yi-VL); two matrices, mm.0 and mm.2, are supported");
        if (_metadata.Flag(MmprojKeys.UseSilu) == true)
            throw Error(MmprojKeys.UseSilu, "true found; towers with GELU or quick GELU are supported");
    }

    // projection_dim is CLIP's own in most files: only the matrix says what comes out.
    private void CheckWidth(int width, string decoder)
    {
        var last = _file.Tensors.FirstOrDefault(tensor => tensor.Name == MmprojTensors.ProjectorOut)
            ?? throw Error(MmprojTensors.ProjectorOut, "the tensor is missing");
        if (last.Shape[0] != width)
        {
            throw Error(
                last.Name,
                $"rows of {last.Shape[0]} numbers for the decoder found; {decoder} takes {width}: the two files are not of one model");
        }
    }

    private VisionConfig ReadTower()
    {
        var tower = _tensors.Contains(MmprojTensors.ClassEmbedding) ? VisionModelType.Clip : VisionModelType.Siglip;
        var (width, heads) = (Required(MmprojKeys.Width), Required(MmprojKeys.Heads));
        var image = Required(MmprojKeys.ImageSize, ConfigLimits.ImageSide);
        var patch = Required(MmprojKeys.PatchSize, ConfigLimits.ImageSide);
        if (width % heads != 0)
            throw Error(MmprojKeys.Width, $"{width} found; a multiple of {MmprojKeys.Heads}, which is {heads}, is needed");
        if (patch > image)
            throw Error(MmprojKeys.PatchSize, $"{patch} found; at most {MmprojKeys.ImageSize}, which is {image}, is allowed");
        return new VisionConfig
        {
            ModelType = tower,
            HiddenSize = width,
            IntermediateSize = Required(MmprojKeys.Intermediate),
            Layers = Required(MmprojKeys.Blocks, ConfigLimits.Layers),
            Heads = heads,
            ImageSize = image,
            PatchSize = patch,
            HiddenAct = TowerActivation(tower, _metadata.Flag(MmprojKeys.UseGelu) ?? false),
            LayerNormEps = (float)(_metadata.Real(MmprojKeys.NormEpsilon, 0, 1) ?? throw Missing(MmprojKeys.NormEpsilon)),
        };
    }

    // Files without the key come from a converter that drops the tower's last block and counts it no more: LLaVA's layer -2 is then the
    // last one of the file. (llama.cpp leaves out one more: https://github.com/ggml-org/llama.cpp/issues/25817.)
    private int[] ReadFeatureLayers(int blocks)
    {
        var layers = _metadata.Numbers(MmprojKeys.FeatureLayers) ?? [blocks];
        return layers.Length is > 0 and <= ConfigLimits.List && Array.TrueForAll(layers, layer => layer >= 0 && layer <= blocks)
            ? layers
            : throw Error(MmprojKeys.FeatureLayers, $"[{string.Join(", ", layers.Take(8))}] found; indices from 0 to {blocks} are allowed");
    }

    private GridPinpoint[] ReadPinpoints()
    {
        var (numbers, merge) = (_metadata.Numbers(MmprojKeys.Pinpoints) ?? [], _metadata.Text(MmprojKeys.MergeType));
        if (numbers.Length == 0 && merge == MmprojKeys.SpatialUnpad)
            throw Missing(MmprojKeys.Pinpoints);
        if (numbers.Length > 0 && merge != MmprojKeys.SpatialUnpad)
        {
            var found = CheckpointException.Printable(merge ?? "");
            throw Error(MmprojKeys.MergeType, $"'{found}' found with {MmprojKeys.Pinpoints}; spatial_unpad, LLaVA-NeXT's, is supported");
        }

        const int Most = ConfigLimits.ImageSide;
        var isOfPairs = numbers.Length % 2 == 0 && numbers.Length <= 2 * ConfigLimits.List;
        if (!isOfPairs || !Array.TrueForAll(numbers, side => side is > 0 and <= Most))
            throw Error(MmprojKeys.Pinpoints, $"{numbers.Length} numbers found; pairs of width and height up to {Most} are needed");
        return [.. numbers.Chunk(2).Select(pair => new GridPinpoint(Height: pair[1], Width: pair[0]))];
    }

    private int Required(string key, int most = ConfigLimits.Size) => _metadata.Number(key, 1, most) ?? throw Missing(key);

    private CheckpointException Missing(string key) => Error(key, "the key is missing");

    private CheckpointException Error(string subject, string reason) => new(_file.Name, subject, reason);
}
