using Inference.Decoding.Layers.Settings;
using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>
/// Mixes the mean logits of late layers into the final ones. Linear in the hidden states, which are therefore averaged first and projected
/// once.
/// </summary>
internal sealed class LayerMix : TokenStrategy, IStrategyDefinition
{
    private static readonly LayerListSetting Late = new("layers", "the last three blocks before L", DefaultLayers, "Layers to average.");
    private static readonly NumberSetting Alpha = new("alpha", 0.3, 0, 1, "Share of the average; the final logits have the rest.");
    private static readonly NumberListSetting Weights = new(
        "weights", "equal", "Share of each of layers in the average; only their proportions matter.");

    private readonly float _alpha;

    private LayerMix(StrategySettings settings)
        : base(settings)
    {
        var layers = settings.Read(Late);
        _alpha = (float)settings.Read(Alpha);
        var weights = settings.ReadPerLayer(Weights, layers.Length);
        var total = weights.Sum();
        Lens = LensPlan.OfSum(layers.Select((layer, i) => new LensTerm(layer, (float)(weights[i] / total))));
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "layer-mix",
        "(1 - alpha) · final logits + alpha · mean logits of late layers, without the final norm (self-logits augmentation).",
        "Li et al., The Hidden Life of Tokens (VISTA), ICML 2025",
        [Late, Alpha, Weights]);

    /// <inheritdoc/>
    public override LensPlan Lens { get; }

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new LayerMix(settings);

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        var final = step.Logits;
        var mean = step.LensRow(0);
        var rest = 1f - _alpha;
        for (var id = 0; id < scores.Length; id++)
        {
            scores[id] = (rest * final[id]) + (_alpha * mean[id]);
        }

        return NoLayer;
    }

    private static IEnumerable<int> DefaultLayers(int layers)
    {
        var first = Math.Clamp(layers - 3, Math.Min(1, layers - 1), layers - 1);
        return Enumerable.Range(first, layers - first);
    }
}
