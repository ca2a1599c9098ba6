using Inference.Decoding.Probes;

namespace Inference.Grounding.Probes.Data;

/// <summary>Reads collected hidden states with a probe.</summary>
internal static class ProbeLogits
{
    /// <summary>The raw logit of every token of an answer, [tokens].</summary>
    public static float[] Of(ProbeDataSet data, int answer, Probe probe)
    {
        var logits = new double[data.Answers[answer].Tokens.Count];
        Array.Fill(logits, probe.Bias);
        var hidden = new float[logits.Length * data.Width];
        foreach (var term in probe.Terms)
        {
            data.CopyHidden(answer, term.Layer, hidden);
            var weights = term.Weights.Span;
            for (var token = 0; token < logits.Length; token++)
            {
                var row = hidden.AsSpan(token * data.Width, data.Width);
                for (var i = 0; i < row.Length; i++)
                {
                    logits[token] += (double)row[i] * weights[i];
                }
            }
        }

        return Array.ConvertAll(logits, logit => (float)logit);
    }
}
