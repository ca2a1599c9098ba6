using Inference.Decoding.Layers.Settings;

namespace Inference.Decoding.Layers;

/// <summary>Subtracts one fixed layer: what that layer alone does not yet know.</summary>
internal sealed class Unleash : ContrastStrategy, IStrategyDefinition
{
    private static readonly LayerSetting Layer = new("layer", 4, "The layer to subtract.");

    private Unleash(StrategySettings settings, PlausibilityCut cut, int layer)
        : base(settings, cut, [layer])
    {
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "unleash",
        "Subtracts the log-probabilities of one fixed layer from the final ones; different layers give different candidates.",
        "Unleash-then-Eliminate, NeurIPS 2024 (OpenReview 168NLzTpw8)",
        [Layer, PlausibilityCut.RelativeTop]);

    private protected override bool ReportsLayer => false;

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) =>
        new Unleash(settings, new PlausibilityCut(settings), settings.Read(Layer));

    private protected override int Choose(StrategyStep step) => 0;
}
