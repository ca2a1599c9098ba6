using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>The plausibility cut-off alone: what remains of a contrastive method when its contrast is taken away.</summary>
internal sealed class Apc : TokenStrategy, IStrategyDefinition
{
    private readonly PlausibilityCut _cut;

    private Apc(PlausibilityCut cut, StrategySettings settings)
        : base(settings) => _cut = cut;

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "apc",
        "The plausibility cut-off alone, the control for every contrast: changes nothing under greedy, sharpens sampling.",
        "Li et al., Contrastive Decoding, ACL 2023; asked for as a control by Yin et al., The Mirage of Performance Gains, NeurIPS 2025",
        [PlausibilityCut.RelativeTop]);

    /// <inheritdoc/>
    public override LensPlan Lens => LensPlan.None;

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new Apc(new PlausibilityCut(settings), settings);

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        _cut.Apply(step, scores);
        foreach (var id in step.Selected)
        {
            scores[id] = step.Logits[id];
        }

        return NoLayer;
    }
}
