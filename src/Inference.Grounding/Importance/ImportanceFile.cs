using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Importance;

/// <summary>A layer prior on disk, bound to the model that it was estimated for.</summary>
/// <param name="Fingerprint">Of that model.</param>
/// <param name="Prior">The prior.</param>
public sealed record ImportanceFile(string Fingerprint, LayerPrior Prior)
{
    private const int LongestFile = 1 << 20;
    private const string Kind = "glassbox-importance-1";

    /// <summary>Writes it as one JSON object.</summary>
    public void Save(string path)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("kind", Kind);
        json.WriteString("model_fingerprint", Fingerprint);
        json.WriteNumber("regions", Prior.Regions);
        Write(json, "layers", Prior.Layers.Select(layer => (double)layer));
        Write(json, "prior", Prior.Prior);
        Write(json, "standard_error", Prior.StandardError);
        json.WriteEndObject();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="EvaluationException">It is something else.</exception>
    public static ImportanceFile Load(string path)
    {
        var name = Path.GetFileName(path);
        if (new FileInfo(path) is { Exists: true, Length: > LongestFile and var length })
        {
            throw new EvaluationException(name, $"{length} bytes", $"at most {LongestFile}");
        }

        return Parse(name, File.ReadAllBytes(path));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="EvaluationException">It is something else.</exception>
    internal static ImportanceFile Parse(string name, byte[] content)
    {
        var allowed = $"what glassbox importance estimate --out writes: \"kind\": \"{Kind}\"";
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.GetProperty("kind").GetString() != Kind)
            {
                throw new EvaluationException(name, "another kind of file", allowed);
            }

            int[] layers = [.. root.GetProperty("layers").EnumerateArray().Select(layer => layer.GetInt32())];
            var (prior, errors) = (Numbers(root, "prior"), Numbers(root, "standard_error"));
            var isSound = layers.Length > 0 && prior.Length == layers.Length && errors.Length == layers.Length
                && layers[0] >= 0 && layers.Zip(layers.Skip(1)).All(pair => pair.First < pair.Second) && prior.Sum() > 0;
            var regions = root.GetProperty("regions").GetInt32();
            return isSound && root.GetProperty("model_fingerprint").GetString() is { } fingerprint
                ? new ImportanceFile(fingerprint, new LayerPrior(layers, prior, errors, regions))
                : throw new EvaluationException(
                    name, "layers and numbers that do not belong together", "ascending layers, a prior and a standard error for each");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new EvaluationException(name, "something else", allowed);
        }
    }

    /// <summary>Refuses a model that it was not estimated for.</summary>
    /// <param name="name">What people call the file.</param>
    /// <param name="fingerprint">Of the model.</param>
    /// <exception cref="EvaluationException">It belongs to another model.</exception>
    public LayerPrior For(string name, string fingerprint) => Fingerprint == fingerprint
        ? Prior
        : throw new EvaluationException(name, $"a prior for the model {Shorten(Fingerprint)}", $"one for the model {Shorten(fingerprint)}");

    private static string Shorten(string fingerprint) => fingerprint.Length <= 12 ? fingerprint : $"{fingerprint[..12]}…";

    private static double[] Numbers(JsonElement root, string name)
    {
        double[] numbers = [.. root.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
        return Array.TrueForAll(numbers, number => number is >= 0 and <= 1) ? numbers : throw new FormatException();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
