using Inference.Decoding.Probes;

namespace Inference.Decoding.Tests.Probes;

/// <summary>Probes to test with.</summary>
internal static class SomeProbe
{
    public static readonly string Model = new('a', 64);

    public static Probe Of(params int[] layers) => new()
    {
        Name = "obj-v3",
        Label = "names an object that is not there",
        ModelFingerprint = Model,
        Terms = [.. layers.Select(layer => new ProbeTerm(layer, Enumerable.Range(0, 8).Select(i => layer + (i * 0.25f)).ToArray()))],
        Bias = -1.5f,
        Token = new ProbeScale(
            new PlattCalibration(1.25f, -0.5f),
            [new ProbeThreshold(0.01f, 3f), new ProbeThreshold(0.05f, 2f), new ProbeThreshold(0.1f, 1f)]),
        Sentence = new ProbeScale(new IsotonicCalibration([new IsotonicKnot(-1, 0.1f), new IsotonicKnot(2, 0.7f)]), []),
        Facts = new Dictionary<string, string> { ["examples"] = "1200" },
    };
}
