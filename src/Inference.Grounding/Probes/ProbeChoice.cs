using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes;

/// <summary>A probe that a request asks for, and from which scores on it flags something.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Token">A token is over it; null flags nothing.</param>
/// <param name="Sentence">The largest score of a sentence is over it; null flags nothing.</param>
public sealed record ProbeChoice(Probe Probe, ProbeThreshold? Token, ProbeThreshold? Sentence)
{
    /// <summary>Chooses thresholds by how often they are passed wrongly.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="falsePositiveRate">One of the probe's rates; null for <see cref="ProbeScale.Usual"/>.</param>
    /// <param name="field">Names the rate in errors.</param>
    /// <exception cref="ProbeException">The probe has no threshold of that rate.</exception>
    public static ProbeChoice Create(Probe probe, double? falsePositiveRate, string field)
    {
        var sentence = probe.Sentence ?? probe.Token;
        return falsePositiveRate is { } rate
            ? new ProbeChoice(probe, probe.Token.At(rate, field), sentence.At(rate, field))
            : new ProbeChoice(probe, probe.Token.Usual, sentence.Usual);
    }
}
