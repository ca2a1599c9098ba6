using System.Text;
using Inference.Models.Checkpoints;
using Inference.Models.Imaging;
using Inference.Models.Imaging.Processors;

namespace Inference.Models.Gguf;

/// <summary>
/// Writes the image side of a LLaVA as the mmproj file that llama.cpp reads beside a decoder. Matrices keep the type that they are stored
/// in; what llama.cpp adds or convolves is widened to float32, which changes no number.
/// </summary>
public static class MmprojExporter
{
    /// <summary>Writes tower, projector and what is known of the image processor.</summary>
    /// <param name="checkpoint">The folder, opened.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="CheckpointException">There is no image side, or something cannot be said in such a file.</exception>
    /// <exception cref="ImageProcessorException">The image processor's configuration is missing or not supported.</exception>
    public static GgufExport Export(Checkpoint checkpoint, string path)
    {
        var config = checkpoint.Config;
        var vision = config.Vision
            ?? throw new CheckpointException(checkpoint.Folder, null, "a text model found; it has no image side to export");
        Refuse(config, vision);
        var (file, json) = checkpoint.Mmproj is null
            ? ImageProcessor.FindJson(checkpoint.Folder)
            : throw new CheckpointException(checkpoint.Mmproj, null, "an mmproj file found; a folder is exported");
        GgufTensor[] tensors =
            [.. MmprojTensors.Of(config, config.VisionFeatureLayers.Max(), isDownFirst: true).Select(tensor => Of(checkpoint, tensor))];
        var dtype = GgufTensor.MostOf(tensors);
        using var writer = new GgufWriter(path);
        writer.Metadata.Add("general.architecture", MmprojKeys.Architecture);
        writer.Metadata.Add("general.name", Path.GetFileName(checkpoint.Folder));
        writer.Metadata.Add("general.alignment", GgufWriter.Alignment);
        writer.Metadata.Add("general.file_type", GgufShape.FileType(dtype));
        WriteTower(writer.Metadata, config, vision);
        WriteImages(writer.Metadata, config, ImageProcessor.ReadConfig(file, json), Encoding.UTF8.GetString(json));
        foreach (var tensor in tensors)
            writer.Declare(tensor.Name, tensor.Dtype, tensor.Shape);
        foreach (var tensor in tensors)
            tensor.WriteTo(writer);
        return new GgufExport(MmprojKeys.Architecture, dtype, tensors.Length, writer.Complete());
    }

    private static void Refuse(ModelConfig config, VisionConfig vision)
    {
        var isClip = vision.ModelType == VisionModelType.Clip;
        Require(config.VisionFeatureSelectStrategy == VisionFeatureSelectStrategy.Default == isClip, "vision_feature_select_strategy",
            "rows with a class token, or patches without the first one, found; such a file drops the class token and nothing else");
        var layers = config.VisionFeatureLayers;
        Require(layers.Zip(layers.Skip(1)).All(pair => pair.First < pair.Second), "vision_feature_layer",
            $"[{string.Join(", ", layers)}] found; such a file has them in ascending order");
        Require(vision.HiddenAct == MmprojConfigReader.TowerActivation(vision.ModelType, UsesGelu(vision)), "vision_config.hidden_act",
            $"{vision.HiddenAct} found; such a file knows quick_gelu, and gelu for CLIP or gelu_pytorch_tanh for SigLIP");
        Require(config is { ProjectorHiddenAct: Compute.Activation.Gelu, ProjectorBias: true }, "projector_hidden_act",
            "a projector found that is not two matrices with biases and the exact GELU between them; such a file knows no other");
    }

    private static void Require(bool condition, string key, string reason)
    {
        if (!condition)
            throw new CheckpointException("config.json", key, reason);
    }

    private static bool UsesGelu(VisionConfig vision) => vision.HiddenAct != Compute.Activation.QuickGelu;

    private static void WriteTower(GgufMetadataWriter metadata, ModelConfig config, VisionConfig vision)
    {
        metadata.Add(MmprojKeys.HasText, false);
        metadata.Add(MmprojKeys.HasVision, true);
        metadata.Add(MmprojKeys.HasProjector, true);
        metadata.Add(MmprojKeys.Projector, MmprojKeys.Mlp);
        metadata.Add(MmprojKeys.UseGelu, UsesGelu(vision));
        metadata.Add(MmprojKeys.ImageSize, vision.ImageSize);
        metadata.Add(MmprojKeys.PatchSize, vision.PatchSize);
        metadata.Add(MmprojKeys.Width, vision.HiddenSize);
        metadata.Add(MmprojKeys.Intermediate, vision.IntermediateSize);
        metadata.Add(MmprojKeys.ProjectionWidth, config.Text.HiddenSize);
        metadata.Add(MmprojKeys.Heads, vision.Heads);
        metadata.Add(MmprojKeys.NormEpsilon, vision.LayerNormEps);
        metadata.Add(MmprojKeys.Blocks, config.VisionFeatureLayers.Max());
        metadata.Add(MmprojKeys.FeatureLayers, [.. config.VisionFeatureLayers]);
    }

    private static void WriteImages(GgufMetadataWriter metadata, ModelConfig config, ImageProcessorConfig processor, string json)
    {
        var normalizes = processor.DoNormalize;
        metadata.Add(MmprojKeys.Mean, [.. processor.Mean.Select(value => normalizes ? (float)value : 0)]);
        metadata.Add(MmprojKeys.Deviation, [.. processor.Std.Select(value => normalizes ? (float)value : 1)]);
        metadata.Add(MmprojKeys.ImageProcessor, json);
        if (config.Family == ModelFamily.LlavaNext)
        {
            metadata.Add(MmprojKeys.AspectRatio, "anyres");
            metadata.Add(MmprojKeys.MergeType, MmprojKeys.SpatialUnpad);
            metadata.Add(MmprojKeys.Pinpoints, [.. config.ImageGridPinpoints.SelectMany(grid => (int[])[grid.Width, grid.Height])]);
        }
        else
        {
            metadata.Add(MmprojKeys.AspectRatio, processor.DoPad ? "pad" : "square");
        }
    }

    private static GgufTensor Of(Checkpoint checkpoint, MmprojTensor wanted)
    {
        var tensor = checkpoint.Require(wanted.Role, wanted.Canonical, wanted.Shape);
        var isMultiplied = tensor.Shape.Length == 2 && !wanted.Canonical.StartsWith("embeddings.", StringComparison.Ordinal);
        var next = 0L;
        return new GgufTensor(wanted.Name, isMultiplied ? tensor.Dtype : TensorDtype.F32, wanted.Shape, 0, values =>
        {
            tensor.CopyTo(next, values);
            next += values.Length;
        });
    }
}
