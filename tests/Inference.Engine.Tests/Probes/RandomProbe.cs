using Inference.Decoding.Probes;
using Inference.Models.Decoders;

namespace Inference.Engine.Tests.Probes;

/// <summary>Probes of random numbers.</summary>
internal static class RandomProbe
{
    /// <summary>A probe that reads some layers of a decoder.</summary>
    public static Probe Of(DecoderShape shape, params int[] layers)
    {
        var random = new Random(layers.Sum() + 1);
        return new Probe
        {
            Name = $"random-{string.Join('-', layers)}",
            Label = "nothing at all",
            ModelFingerprint = new string('0', 64),
            Terms =
            [
                .. layers.Select(layer =>
                    new ProbeTerm(layer, Enumerable.Range(0, shape.Width).Select(_ => random.NextSingle() - 0.5f).ToArray())),
            ],
            Bias = 0.25f,
            Token = new ProbeScale(new PlattCalibration(0.5f, 0.1f), [new ProbeThreshold(0.05f, 0.5f)]),
        };
    }

    /// <summary>One at the embeddings, one in the middle, one of several layers, one behind the last block.</summary>
    public static IReadOnlyList<Probe> Several(DecoderShape shape) =>
        [Of(shape, 0), Of(shape, shape.Layers / 2), Of(shape, 1, 2, shape.Layers - 1), Of(shape, shape.Layers)];
}
