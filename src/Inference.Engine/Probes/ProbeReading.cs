using Inference.Decoding.Probes;
using Inference.Models.Decoders;

namespace Inference.Engine.Probes;

/// <summary>
/// The probes of one sequence, and its newest token, which waits for its scores: they exist once it has been fed back, a step after it was
/// sampled.
/// </summary>
internal sealed class ProbeReading(IReadOnlyList<Probe> probes, ProbePlan plan)
{
    public ProbePlan Plan => plan;

    /// <summary>The token that waits; null before the first one, and behind an answer's last one.</summary>
    public TokenEvent? Waiting { get; private set; }

    /// <summary>Why the sequence ends when the token that waits has its scores; null while it goes on.</summary>
    public FinishReason? Ending { get; private set; }

    /// <summary>Keeps a token until it is scored.</summary>
    public void Hold(TokenEvent token) => Waiting = token;

    /// <summary>
    /// The token that waits is the last. It is fed back for its scores only, but the model's end token, which needs none.
    /// </summary>
    /// <returns>Whether the sequence ends now; otherwise it does when the token has its scores.</returns>
    public bool EndsNow(FinishReason reason)
    {
        Ending = reason == FinishReason.StopToken ? null : reason;
        return Ending is null;
    }

    /// <summary>Gives the token that waits, scored. products: [scores], without bias.</summary>
    public TokenEvent Score(ReadOnlySpan<float> products)
    {
        var token = Take()!;
        var scores = new ProbeScore[probes.Count];
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var logit = products[i] + probes[i].Bias;
            // A hidden state that overflowed says nothing.
            if (float.IsFinite(logit))
            {
                scores[count++] = new ProbeScore(probes[i], logit, probes[i].Token.Calibration.Map(logit));
            }
        }

        return token with { Scores = count == scores.Length ? scores : scores[..count] };
    }

    /// <summary>Gives the token that waits, if any, without scores.</summary>
    public TokenEvent? Take()
    {
        var token = Waiting;
        Waiting = null;
        return token;
    }
}
