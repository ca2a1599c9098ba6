using System.Text.Json;
using System.Text.Json.Serialization;
using Inference.Models.Checkpoints;

namespace Inference.Models.Quantization;

/// <summary>How important the blocks of a model are, as a JSON file that <c>quantize --importance</c> takes.</summary>
public sealed record LayerImportance
{
    private const string FormatName = "glassbox.layer-importance.v1";
    private const long MostBytes = 1 << 20;

    private static readonly LayerImportanceJson Json = new(ModelJson.Options());

    /// <summary>What kind of file it is.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>Fingerprint of the model.</summary>
    public required string Model { get; init; }

    /// <summary>How it was found: <c>lim</c>.</summary>
    public required string Method { get; init; }

    /// <summary>A score for every block, larger for more important ones.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>Prompts it was found with.</summary>
    public required int Samples { get; init; }

    /// <summary>Rows of these prompts.</summary>
    public required long Rows { get; init; }

    /// <summary>Writes the file; it is whole or absent.</summary>
    public void Write(string path) => ModelJson.Write(path, this, Json.LayerImportance);

    /// <summary>Reads a file that was made for a model.</summary>
    /// <exception cref="CheckpointException">It is something else, or for another model.</exception>
    public static LayerImportance Read(string path, Checkpoint checkpoint)
    {
        var name = Path.GetFileName(path);
        var bytes = ConfigFile.ReadBytes(path, MostBytes);
        LayerImportance? file;
        try
        {
            file = JsonSerializer.Deserialize(bytes, Json.LayerImportance);
        }
        catch (JsonException failure)
        {
            throw new CheckpointException(name, failure.Path, "not what glassbox importance layers writes", failure);
        }

        if (file is not { Format: FormatName, Model: not null, Scores: not null })
            throw new CheckpointException(name, "format", $"something else found than {FormatName}");
        if (file.Model != checkpoint.Fingerprint)
        {
            throw new CheckpointException(
                name, "model", $"{CheckpointException.Printable(file.Model)} found; the model is {checkpoint.Fingerprint}");
        }

        if (file.Scores.Count != checkpoint.Config.Text.Layers || !file.Scores.All(double.IsFinite))
        {
            throw new CheckpointException(
                name, "scores", $"{file.Scores.Count} numbers found; one for each of {checkpoint.Config.Text.Layers} blocks is needed");
        }

        return file;
    }
}

/// <summary>Reads and writes the members without reflection, which native builds lack.</summary>
[JsonSerializable(typeof(LayerImportance))]
internal sealed partial class LayerImportanceJson : JsonSerializerContext;
