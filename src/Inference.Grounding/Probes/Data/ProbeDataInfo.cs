using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Probes.Data;

/// <summary>What a folder of collected answers holds: data.json.</summary>
public sealed record ProbeDataInfo
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "data.json";

    private const int MostBytes = 1 << 20;
    private const int MostLayers = 1024;

    /// <summary>Fingerprint of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Decoder blocks of the model.</summary>
    public required int ModelLayers { get; init; }

    /// <summary>Width of a hidden state.</summary>
    public required int Width { get; init; }

    /// <summary>Which hidden states were kept, ascending: 0 the embeddings, L the last block before the final norm.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>How the answers came about, for people.</summary>
    public required string Source { get; init; }

    /// <summary>Writes the file.</summary>
    internal void Write(string folder)
    {
        using var file = File.Create(Path.Combine(folder, FileName));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("model", Model);
        json.WriteNumber("model_layers", ModelLayers);
        json.WriteNumber("width", Width);
        json.WriteStartArray("layers");
        foreach (var layer in Layers)
        {
            json.WriteNumberValue(layer);
        }

        json.WriteEndArray();
        json.WriteString("source", Source);
        json.WriteEndObject();
    }

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="EvaluationException">It is something else.</exception>
    internal static ProbeDataInfo Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        const string Allowed = "what probe collect wrote";
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new EvaluationException(path, "a larger file", Allowed);
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var info = new ProbeDataInfo
            {
                Model = root.GetProperty("model").GetString()!,
                ModelLayers = root.GetProperty("model_layers").GetInt32(),
                Width = root.GetProperty("width").GetInt32(),
                Layers = [.. root.GetProperty("layers").EnumerateArray().Select(layer => layer.GetInt32())],
                Source = root.GetProperty("source").GetString()!,
            };
            var isUsable = info is { Model: not null, Source: not null, Width: > 0, ModelLayers: > 0 and < MostLayers, Layers.Count: > 0 }
                && info.Layers.All(layer => layer >= 0 && layer <= info.ModelLayers) && info.Layers.Distinct().Count() == info.Layers.Count;
            return isUsable ? info : throw new EvaluationException(path, "numbers out of range", Allowed);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new EvaluationException(path, "something else", Allowed);
        }
    }
}
