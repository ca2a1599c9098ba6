using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>
/// Final log-probabilities minus those of one intermediate layer, for the tokens that pass the plausibility cut-off. Intermediate layers
/// are read without the final norm, as in the released code of DoLa.
/// </summary>
internal abstract class ContrastStrategy : TokenStrategy
{
    private readonly PlausibilityCut _cut;
    private readonly int[] _candidates;

    private protected ContrastStrategy(StrategySettings settings, PlausibilityCut cut, int[] layers)
        : base(settings)
    {
        (_cut, _candidates) = (cut, layers);
        Lens = LensPlan.OfLayers(layers, finalNorm: false);
    }

    /// <inheritdoc/>
    public sealed override LensPlan Lens { get; }

    /// <summary>Whether the layer is chosen anew at every step, and so worth reporting.</summary>
    private protected virtual bool ReportsLayer => true;

    /// <inheritdoc/>
    public sealed override int Score(StrategyStep step, Span<float> scores)
    {
        var count = _cut.Apply(step, scores);
        if (count == 1 && !step.IsTraced)
        {
            // Nothing is left to contrast: any score makes this the token.
            scores[step.Selected[0]] = 0;
            return NoLayer;
        }

        var chosen = Choose(step);
        var (logSum, lensLogSum) = (step.LogSum, step.LensLogSums[chosen]);
        var ids = step.Selected;
        var lens = step.Gather(chosen);
        for (var i = 0; i < ids.Length; i++)
        {
            scores[ids[i]] = step.Logits[ids[i]] - logSum - (lens[i] - lensLogSum);
        }

        return ReportsLayer ? _candidates[chosen] : NoLayer;
    }

    /// <summary>Index of the layer to subtract among the candidates.</summary>
    private protected abstract int Choose(StrategyStep step);
}
