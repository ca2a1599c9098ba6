using Inference.Decoding.Probes;
using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Cli.Tests;

/// <summary>Files of the repository that the tests ask about.</summary>
internal static class Samples
{
    /// <summary>The bundled model.</summary>
    public static string Model { get; } = Path.Combine(Root, "weights", "demo", "model");

    /// <summary>A scene with a small green ring, a small purple striped cross and a small black cross.</summary>
    public static string Scene { get; } = Path.Combine(Root, "weights", "demo", "scenes", "images", "0003.png");

    /// <summary>Name in the files of <see cref="WriteProbe"/>.</summary>
    public const string ProbeName = "direction-of-ones";

    /// <summary>Writes a probe of the bundled model that adds up hidden[4].</summary>
    public static void WriteProbe(string path, string? fingerprint = null)
    {
        using var checkpoint = Checkpoint.Open(Model);
        ProbeFile.Write(path, new Probe
        {
            Name = ProbeName,
            Label = "nothing in particular",
            ModelFingerprint = fingerprint ?? checkpoint.Fingerprint,
            Terms = [new ProbeTerm(4, Enumerable.Repeat(0.1f, checkpoint.Config.Text.HiddenSize).ToArray())],
            Bias = 0,
            Token = new ProbeScale(PlattCalibration.Identity, [new ProbeThreshold(0.05f, 1f), new ProbeThreshold(0.5f, -1f)]),
        });
    }

    private static string Root => Path.GetFullPath(Path.Combine(Goldens.Root, "..", ".."));
}
