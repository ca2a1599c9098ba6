using Inference.Decoding.Probes;
using Inference.Grounding;

namespace Inference.Cli.Hosting;

/// <summary>A probe file, and the name that requests use for it where it is not the file's own.</summary>
internal readonly record struct NamedProbe(string? Name, string File)
{
    /// <summary>Reads <c>[NAME=]FILE</c>; a file whose own path has an equals sign counts as one.</summary>
    public static NamedProbe Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 || System.IO.File.Exists(text)
            ? new NamedProbe(null, text)
            : new NamedProbe(text[..equals], text[(equals + 1)..]);
    }

    /// <summary>Makes the probe known to the models that it was trained on.</summary>
    /// <exception cref="ProbeException">It is of none of them, or no valid probe.</exception>
    public void AddTo(IReadOnlyList<ServedModel> models)
    {
        var probe = ProbeFile.Read(File);
        probe = probe with { Name = Name ?? probe.Name };
        var own = models.Where(model => model.Model.Fingerprint == probe.ModelFingerprint).ToArray();
        if (own.Length == 0)
        {
            var served = string.Join(", ", models.Select(model => $"{model.Model.Fingerprint} ({model.Name})"));
            throw new ProbeException(
                $"{Path.GetFileName(File)}: model", probe.ModelFingerprint,
                $"{served}: a probe works on the model that it was trained on only");
        }

        foreach (var model in own)
        {
            model.Add(probe);
        }
    }
}
