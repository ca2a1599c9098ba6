using Inference.Decoding.Layers.Settings;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Layers;

/// <summary>Subtracts the layer whose distribution is furthest from the final one.</summary>
internal sealed class Dola : ContrastStrategy, IStrategyDefinition
{
    private Dola(StrategySettings settings, PlausibilityCut cut, int[] layers)
        : base(settings, cut, layers)
    {
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "dola",
        "Subtracts the log-probabilities of the layer that differs most from the final one (Jensen-Shannon), chosen at every token.",
        "Chuang et al., DoLa: Decoding by Contrasting Layers, ICLR 2024",
        [LayerListSetting.FirstHalf, PlausibilityCut.RelativeTop]);

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) =>
        new Dola(settings, new PlausibilityCut(settings), settings.Read(LayerListSetting.FirstHalf));

    private protected override int Choose(StrategyStep step) => ArgMax.Index(step.Divergences());
}
