using Inference.Decoding.Probes;
using Inference.Models.Decoders;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>Probes of random numbers: their cost does not depend on what they say.</summary>
internal static class BenchProbes
{
    /// <summary>Three probes, in the middle, at three quarters and near the end of the depth.</summary>
    public static IReadOnlyList<Probe> Create(DecoderShape shape)
    {
        var random = new Random(1);
        int[] layers = [shape.Layers / 2, 3 * shape.Layers / 4, (int)(0.95 * shape.Layers)];
        return [.. layers.Distinct().Select(layer => new Probe
        {
            Name = $"layer-{layer}",
            Label = "random numbers",
            ModelFingerprint = new string('0', 64),
            Terms = [new ProbeTerm(layer, Enumerable.Range(0, shape.Width).Select(_ => random.NextSingle() - 0.5f).ToArray())],
            Bias = 0,
            Token = new ProbeScale(PlattCalibration.Identity, []),
        })];
    }
}
