namespace Inference.Decoding.Probes;

/// <summary>A probe cannot be used, or not as it was asked for.</summary>
/// <param name="field">Which part of the probe, its file or the request.</param>
/// <param name="found">What it holds.</param>
/// <param name="allowed">What it may hold.</param>
public sealed class ProbeException(string field, string found, string allowed)
    : Exception($"{field}: found {Printable(found)}; allowed: {allowed}")
{
    private const int Longest = 100;

    /// <summary>Which part of the probe, its file or the request.</summary>
    public string Field { get; } = field;

    /// <summary>What it holds, without control characters and cut to a readable length.</summary>
    public string Found { get; } = Printable(found);

    /// <summary>What it may hold.</summary>
    public string Allowed { get; } = allowed;

    // Files and requests are untrusted: their text reaches terminals and clients.
    private static string Printable(string text)
    {
        var clean = string.Concat(text.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length <= Longest ? clean : clean + "…";
    }
}
