using Inference.Decoding.Layers.Settings;
using Inference.Decoding.Sampling;
using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>
/// Adds the logits of the layer that is surest of one of the likely tokens, in proportion to how sure it is. Intermediate layers go through
/// the final norm.
/// </summary>
internal sealed class Deco : TokenStrategy, IStrategyDefinition
{
    private static readonly LayerListSetting Window = new("layers", "[0.625 L, 0.9 L)", DefaultLayers, "Layers to choose from.");
    private static readonly NumberSetting Alpha = new(
        "alpha", 0.6, 0, 100, "Weight of the chosen layer's logits, on top of its probability.");
    private static readonly CountSetting TopK = new("top-k", 20, 1, 256, "Most candidates: the likeliest tokens of the final layer.");
    private static readonly NumberSetting TopP = new(
        "top-p", 0.9, 0, 1, "Candidates end with the one whose probability completes this sum.");

    private readonly int[] _layers;
    private readonly float _alpha;
    private readonly int _topK;
    private readonly double _topP;

    private Deco(StrategySettings settings)
        : base(settings)
    {
        _layers = settings.Read(Window);
        _alpha = (float)settings.Read(Alpha);
        _topK = settings.Read(TopK);
        _topP = settings.Read(TopP);
        Lens = LensPlan.OfLayers(_layers, finalNorm: true);
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "deco",
        "Adds the logits of the late layer that is surest of one of the likely tokens; all other tokens are excluded.",
        "Wang et al., MLLM Can See? Dynamic Correction Decoding, ICLR 2025",
        [Window, Alpha, TopK, TopP]);

    /// <inheritdoc/>
    public override LensPlan Lens { get; }

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new Deco(settings);

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        scores.Fill(ArgMax.Excluded);
        step.Select(TopTokens.Select(step.Logits, step.LogSum, _topK, _topP, step.SelectionRoom));
        var ids = step.Selected;
        if (ids.Length == 1 && !step.IsTraced)
        {
            scores[ids[0]] = 0;
            return NoLayer;
        }

        var (chosen, probability) = Choose(step);
        var lens = step.Gather(chosen);
        for (var i = 0; i < ids.Length; i++)
        {
            scores[ids[i]] = step.Logits[ids[i]] + (_alpha * probability * lens[i]);
        }

        return _layers[chosen];
    }

    // Of equal probabilities the deeper layer wins, as in the reference.
    private (int Index, float Probability) Choose(StrategyStep step)
    {
        var logSums = step.LensLogSums;
        var (best, probability) = (0, -1f);
        for (var i = 0; i < _layers.Length; i++)
        {
            var sure = MathF.Exp(ArgMax.Score(step.Gather(i)) - logSums[i]);
            if (sure > probability || (sure == probability && _layers[i] > _layers[best]))
            {
                (best, probability) = (i, sure);
            }
        }

        return (best, probability);
    }

    private static IEnumerable<int> DefaultLayers(int layers)
    {
        var first = Math.Max(1, (int)(0.625 * layers));
        return Enumerable.Range(first, Math.Max(2, (int)Math.Ceiling(0.9 * layers)) - first);
    }
}
