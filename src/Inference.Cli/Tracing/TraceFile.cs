using Inference.Models.Checkpoints;
using Inference.Models.Imaging;

namespace Inference.Cli.Tracing;

/// <summary>Writes a trace as safetensors: integers as I64, the rest F32, with the names and shapes of transformers' outputs.</summary>
internal static class TraceFile
{
    /// <summary>Writes the file; it is whole or absent.</summary>
    public static void Write(string path, TraceResult trace)
    {
        using var writer = new SafetensorsWriter(path);
        var tensors = Tensors(trace);
        foreach (var tensor in tensors)
        {
            writer.Declare(tensor.Name, tensor.Integers is null ? TensorDtype.F32 : TensorDtype.I64, tensor.Shape);
        }

        foreach (var tensor in tensors)
        {
            if (tensor.Integers is { } integers)
            {
                writer.Write(tensor.Name, integers);
            }

            foreach (var part in tensor.Parts)
            {
                writer.Write(tensor.Name, part);
            }
        }

        writer.Complete();
    }

    private static List<Tensor> Tensors(TraceResult trace)
    {
        long width = trace.Width, vocabulary = trace.Vocabulary;
        var recorded = trace.Recorded;
        List<Tensor> tensors = [Integer("input_ids", trace.InputIds)];
        if (trace.Images.Count > 0)
        {
            tensors.Add(Pixels(trace));
            tensors.Add(new("image_features", [trace.Images.Sum(image => (long)image.Rows), width], [.. recorded.ImageFeatures]));
        }

        tensors.AddRange(recorded.Hidden.Select((hidden, i) => new Tensor($"hidden.{i}", [hidden.Length / width, width], [hidden])));
        tensors.Add(new("logits", [recorded.Logits.Length / vocabulary, vocabulary], [recorded.Logits]));
        tensors.Add(Integer("generated", trace.Generated));
        tensors.Add(new("step_scores", [recorded.StepScores.Count, vocabulary], recorded.StepScores));
        for (var s = 0; s < recorded.Stages.Count; s++)
        {
            tensors.Add(Integer($"kept.{s}", recorded.Stages[s].Kept));
            tensors.Add(Integer($"kept_original.{s}", recorded.Stages[s].KeptOriginal));
        }

        if (recorded.Layers.Count > 0)
        {
            tensors.Add(Integer("layers", recorded.Layers));
        }

        return tensors;
    }

    private static Tensor Integer(string name, IEnumerable<int> values)
    {
        long[] integers = [.. values.Select(value => (long)value)];
        return new(name, [integers.Length], []) { Integers = integers };
    }

    // One view an image: [images, 3, h, w]. LLaVA-NeXT: [images, most tiles, 3, h, w], missing tiles zero.
    private static Tensor Pixels(TraceResult trace)
    {
        IReadOnlyList<PixelValues> images = [.. trace.Images.Select(image => image.Pixels)];
        var first = images[0];
        if (!trace.HasTiles)
        {
            return new("pixel_values", [images.Count, first.Channels, first.Height, first.Width], [.. images.Select(image => image.Data)]);
        }

        var tiles = images.Max(image => image.Tiles);
        var tileLength = first.Channels * first.Height * first.Width;
        return new(
            "pixel_values",
            [images.Count, tiles, first.Channels, first.Height, first.Width],
            [.. images.SelectMany(image => new[] { image.Data, new float[(tiles - image.Tiles) * tileLength] })]);
    }

    private sealed record Tensor(string Name, long[] Shape, IReadOnlyList<float[]> Parts)
    {
        public long[]? Integers { get; init; }
    }
}
