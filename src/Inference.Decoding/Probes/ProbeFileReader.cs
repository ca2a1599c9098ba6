using System.Globalization;
using Inference.Models.Checkpoints;

namespace Inference.Decoding.Probes;

/// <summary>Parts of a probe file; every error names the file and the part.</summary>
internal sealed class ProbeFileReader(SafetensorsFile file)
{
    // [n, 2] tensors: more rows than any part may have are refused before they are read.
    private const int MostPairs = IsotonicCalibration.MostKnots;

    public string Text(string key) => file.Metadata.GetValueOrDefault(key) ?? throw Missing(key);

    public void Expect(string key, string value)
    {
        if (Text(key) != value)
        {
            throw Wrong(key, $"'{Text(key)}'", $"'{value}'");
        }
    }

    public ProbeException Missing(string key) => Wrong(key, "nothing", "metadata of this name: the file is no probe, or not a whole one");

    /// <summary>Layers and their weights.</summary>
    public IReadOnlyList<ProbeTerm> Terms()
    {
        var layers = Layers();
        var shape = Tensor("weights").Shape;
        if (shape.Length != 2 || shape[0] != layers.Length || shape[1] < 1)
        {
            throw Wrong(
                "weights", $"shape [{string.Join(", ", shape.ToArray())}]", $"[{layers.Length}, width], a row for each of the layers");
        }

        var width = (int)shape[1];
        var weights = Tensor("weights").ToSingles();
        return [.. layers.Select((layer, i) => new ProbeTerm(layer, weights.AsMemory(i * width, width)))];
    }

    /// <summary>What one level's logits mean; null where the file has none of that level.</summary>
    public ProbeScale? Scale(string level)
    {
        if (file.Metadata.GetValueOrDefault($"{level}.calibration") is not { } kind)
        {
            return null;
        }

        ProbeCalibration calibration = kind switch
        {
            "platt" => Platt(Numbers($"{level}.platt", 2)),
            "isotonic" =>
                new IsotonicCalibration([.. Pairs($"{level}.isotonic").Select(pair => new IsotonicKnot(pair.First, pair.Second))]),
            _ => throw Wrong($"{level}.calibration", $"'{kind}'", "platt or isotonic"),
        };
        return new ProbeScale(calibration, [.. Pairs($"{level}.thresholds").Select(pair => new ProbeThreshold(pair.First, pair.Second))]);
    }

    /// <summary>A vector of known length.</summary>
    public float[] Numbers(string name, int count)
    {
        var tensor = Tensor(name);
        return tensor.Shape is [var length] && length == count
            ? tensor.ToSingles()
            : throw Wrong(name, $"shape [{string.Join(", ", tensor.Shape.ToArray())}]", $"[{count}]");
    }

    private static PlattCalibration Platt(float[] numbers) => new(numbers[0], numbers[1]);

    private IEnumerable<(float First, float Second)> Pairs(string name)
    {
        var tensor = Tensor(name);
        if (tensor.Shape is not [>= 0 and <= MostPairs, 2])
        {
            throw Wrong(name, $"shape [{string.Join(", ", tensor.Shape.ToArray())}]", $"[at most {MostPairs}, 2]");
        }

        var numbers = tensor.ToSingles();
        return Enumerable.Range(0, numbers.Length / 2).Select(i => (numbers[2 * i], numbers[(2 * i) + 1]));
    }

    private int[] Layers()
    {
        var parts = Text("layers").Split(',');
        if (parts.Length > Probe.MostTerms)
        {
            throw Wrong("layers", $"{parts.Length} layers", $"at most {Probe.MostTerms}");
        }

        return [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : throw Wrong("layers", $"'{part}'", "numbers separated by commas"))];
    }

    private TensorView Tensor(string name)
    {
        if (!file.TryGet(name, out var tensor))
        {
            throw Wrong(name, "nothing", "a tensor of this name");
        }

        return tensor.Dtype == TensorDtype.F32 ? tensor : throw Wrong(name, $"numbers of another type ({tensor.Dtype})", "F32");
    }

    private ProbeException Wrong(string field, string found, string allowed) => new($"{file.Name}: {field}", found, allowed);
}
