using Inference.Decoding.Layers.Settings;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Layers;

/// <summary>
/// The adaptive plausibility cut-off of contrastive decoding (Li et al., ACL 2023): tokens below a share of the best one's probability are
/// excluded.
/// </summary>
internal sealed class PlausibilityCut
{
    private readonly double _logShare;

    public PlausibilityCut(StrategySettings settings) => _logShare = Math.Log(settings.Read(RelativeTop));

    public static NumberSetting RelativeTop { get; } =
        new("relative-top", 0.1, 0, 1, "Tokens below this share of the best one's probability are excluded; 0 keeps all.");

    /// <summary>Selects the tokens that remain, in ascending order, and excludes all from <paramref name="scores"/>.</summary>
    /// <returns>How many remain; at least one where the logits are finite.</returns>
    public int Apply(StrategyStep step, Span<float> scores)
    {
        scores.Fill(ArgMax.Excluded);
        return Select(step);
    }

    /// <summary>Selects the tokens that remain, in ascending order.</summary>
    /// <returns>How many remain.</returns>
    public int Select(StrategyStep step)
    {
        var logits = step.Logits;
        var ids = step.SelectionRoom;
        var logSum = step.LogSum;
        // In log-probabilities, as the reference compares: rounding at the threshold is part of the definition.
        var threshold = (float)(ArgMax.Score(logits) - logSum + _logShare);
        var count = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (logits[id] - logSum >= threshold)
            {
                ids[count++] = id;
            }
        }

        step.Select(count);
        return count;
    }
}
