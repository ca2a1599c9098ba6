using System.Globalization;
using Inference.Models.Checkpoints;

namespace Inference.Decoding.Probes;

/// <summary>
/// Probes as safetensors files. Tensors, all F32: <c>weights</c> [layers, width], <c>bias</c> [1]; for each level that has a scale
/// (<c>token</c> always, <c>span</c>, <c>sentence</c>) either <c>LEVEL.platt</c> [2] (scale, offset) or <c>LEVEL.isotonic</c> [knots, 2]
/// (logit, probability), and <c>LEVEL.thresholds</c> [thresholds, 2] (false positive rate, logit). Metadata: <c>format</c>, <c>version</c>,
/// <c>name</c>, <c>label</c>, <c>model</c> (fingerprint), <c>layers</c> (comma list), <c>LEVEL.calibration</c>, and <c>fact.KEY</c> as the
/// trainer likes.
/// </summary>
public static class ProbeFile
{
    private const string Format = "glassbox-probe", Version = "1", FactPrefix = "fact.";

    // Far above any probe, far below harm.
    private const long MostBytes = 64 << 20;

    /// <summary>Writes a probe; a file that is there is replaced.</summary>
    /// <exception cref="ProbeException">The probe is not valid.</exception>
    public static void Write(string path, Probe probe)
    {
        probe.Check();
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["version"] = Version,
            ["name"] = probe.Name,
            ["label"] = probe.Label,
            ["model"] = probe.ModelFingerprint,
            ["layers"] = string.Join(',', probe.Terms.Select(term => term.Layer.ToString(CultureInfo.InvariantCulture))),
        };
        foreach (var (key, value) in probe.Facts)
        {
            metadata[FactPrefix + key] = value;
        }

        List<ProbeScaleTensors> scales = [.. Scales(probe).Select(scale => new ProbeScaleTensors(scale.Level, scale.Scale))];
        scales.ForEach(scale => metadata[scale.CalibrationKey] = scale.Scale.Calibration.Kind);

        using var writer = new SafetensorsWriter(path, metadata);
        writer.Declare("weights", TensorDtype.F32, probe.Terms.Count, probe.Width);
        writer.Declare("bias", TensorDtype.F32, 1);
        scales.ForEach(scale => scale.Declare(writer));
        foreach (var term in probe.Terms)
        {
            writer.Write("weights", term.Weights.Span);
        }

        writer.Write("bias", [probe.Bias]);
        scales.ForEach(scale => scale.Write(writer));
        writer.Complete();
    }

    /// <summary>Reads a probe, of whatever model; see <see cref="Probe.CheckModel"/>.</summary>
    /// <exception cref="CheckpointException">The file cannot be read or is malformed.</exception>
    /// <exception cref="ProbeException">It holds no valid probe.</exception>
    public static Probe Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Length > MostBytes)
        {
            throw new ProbeException($"{file.Name}: size", $"{file.Length} bytes", $"at most {MostBytes} bytes");
        }

        var reader = new ProbeFileReader(file);
        reader.Expect("format", Format);
        reader.Expect("version", Version);
        var probe = new Probe
        {
            Name = reader.Text("name"),
            Label = reader.Text("label"),
            ModelFingerprint = reader.Text("model"),
            Terms = reader.Terms(),
            Bias = reader.Numbers("bias", 1)[0],
            Token = reader.Scale("token") ?? throw reader.Missing("token.calibration"),
            Span = reader.Scale("span"),
            Sentence = reader.Scale("sentence"),
            Facts = file.Metadata.Where(entry => entry.Key.StartsWith(FactPrefix, StringComparison.Ordinal))
                .ToDictionary(entry => entry.Key[FactPrefix.Length..], entry => entry.Value, StringComparer.Ordinal),
        };
        try
        {
            probe.Check();
        }
        catch (ProbeException failure)
        {
            throw new ProbeException($"{file.Name}: {failure.Field}", failure.Found, failure.Allowed);
        }

        return probe;
    }

    /// <summary>Reads a probe of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">The model's fingerprint.</param>
    /// <param name="width">Width of the residual stream.</param>
    /// <param name="layers">Blocks of the decoder.</param>
    /// <exception cref="CheckpointException">The file cannot be read or is malformed.</exception>
    /// <exception cref="ProbeException">It holds no valid probe, or one of another model.</exception>
    public static Probe Read(string path, string fingerprint, int width, int layers)
    {
        var probe = Read(path);
        try
        {
            probe.CheckModel(fingerprint, width, layers);
        }
        catch (ProbeException failure)
        {
            throw new ProbeException($"{Path.GetFileName(path)}: {failure.Field}", failure.Found, failure.Allowed);
        }

        return probe;
    }

    private static IEnumerable<(string Level, ProbeScale Scale)> Scales(Probe probe)
    {
        yield return ("token", probe.Token);
        if (probe.Span is { } span)
        {
            yield return ("span", span);
        }

        if (probe.Sentence is { } sentence)
        {
            yield return ("sentence", sentence);
        }
    }
}
