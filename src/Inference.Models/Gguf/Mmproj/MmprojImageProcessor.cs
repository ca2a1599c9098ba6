using System.Buffers;
using System.Text;
using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.Imaging;

namespace Inference.Models.Gguf;

/// <summary>
/// The image processor of an mmproj file. Files of other programs give sizes, mean and deviation only; the rest is what LLaVA was trained
/// with: the image is padded to a square of the mean colour and resized bicubically (version 1.5), or laid out in tiles (LLaVA-NeXT).
/// </summary>
internal static class MmprojImageProcessor
{
    /// <exception cref="CheckpointException">A key is missing or not supported.</exception>
    /// <exception cref="ImageProcessorException">The processor is not implemented.</exception>
    public static ImageProcessor Read(string path)
    {
        using var file = GgufFile.Open(path);
        var json = file.Metadata.Text(MmprojKeys.ImageProcessor);
        return ImageProcessor.FromJson(json is null ? Describe(file) : Encoding.UTF8.GetBytes(json), file.Name);
    }

    private static ReadOnlySpan<byte> Describe(GgufFile file)
    {
        var metadata = file.Metadata;
        var aspect = CheckpointException.Printable(metadata.Text(MmprojKeys.AspectRatio) ?? "pad");
        var pinpoints = metadata.Numbers(MmprojKeys.Pinpoints) ?? [];
        if (pinpoints.Length == 0 && aspect is not ("pad" or "square"))
            throw new CheckpointException(file.Name, MmprojKeys.AspectRatio, $"'{aspect}' found; pad and square are supported");
        var side = metadata.Number(MmprojKeys.ImageSize, 1, ConfigLimits.ImageSide) ?? throw Missing(file, MmprojKeys.ImageSize);
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("image_processor_type", pinpoints.Length > 0 ? "LlavaNextImageProcessor"
            : aspect == "pad" ? "LlavaImageProcessor"
            : "CLIPImageProcessor");
        json.WriteBoolean("do_pad", pinpoints.Length > 0 || aspect == "pad");
        json.WriteStartObject("size");
        json.WriteNumber("shortest_edge", side);
        json.WriteEndObject();
        json.WriteNumber("crop_size", side);
        WriteChannels(json, "image_mean", file, MmprojKeys.Mean);
        WriteChannels(json, "image_std", file, MmprojKeys.Deviation);
        if (pinpoints.Length > 0)
            WritePinpoints(json, pinpoints);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan;
    }

    private static void WriteChannels(Utf8JsonWriter json, string name, GgufFile file, string key)
    {
        var values = file.Metadata.Reals(key) ?? throw Missing(file, key);
        if (values.Length != VisionConfig.Channels || !Array.TrueForAll(values, float.IsFinite))
            throw new CheckpointException(file.Name, key, $"[{string.Join(", ", values.Take(8))}] found; three numbers are needed");
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    // Pairs of width and height in the file, of height and width there.
    private static void WritePinpoints(Utf8JsonWriter json, int[] pinpoints)
    {
        json.WriteStartArray("image_grid_pinpoints");
        foreach (var pair in pinpoints.Chunk(2))
        {
            json.WriteStartArray();
            json.WriteNumberValue(pair[1]);
            json.WriteNumberValue(pair[0]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static CheckpointException Missing(GgufFile file, string key) => new(file.Name, key, "the key is missing");
}
