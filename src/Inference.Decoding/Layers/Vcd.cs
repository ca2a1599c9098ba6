using Inference.Decoding.Layers.Settings;
using Inference.Decoding.Sampling;
using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>Subtracts what the model would say of the same image under noise, where its language prior speaks louder.</summary>
internal sealed class Vcd : TokenStrategy, IStrategyDefinition
{
    private static readonly NumberSetting Alpha = new("alpha", 1, 0, 100, "Weight of the contrast; 0 is the cut-off alone.");
    private static readonly CountSetting NoiseSteps = new(
        "noise-steps", 500, 0, DiffusionNoise.Steps - 1, "Steps of diffusion noise on the image.");
    private static readonly CountSetting NoiseSeed = new("noise-seed", 0, 0, int.MaxValue, "Key of the noise.");

    private readonly PlausibilityCut _cut;
    private readonly float _alpha;

    private Vcd(StrategySettings settings, PlausibilityCut cut)
        : base(settings)
    {
        (_cut, _alpha) = (cut, (float)settings.Read(Alpha));
        Companion = new CompanionPrompt.NoisedImages(settings.Read(NoiseSteps), settings.Read(NoiseSeed));
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "vcd",
        "Subtracts the logits of a second sequence that sees the image under noise; that sequence is read only where more than one token "
            + "is plausible.",
        "Leng et al., Visual Contrastive Decoding, CVPR 2024 (arXiv 2311.16922)",
        [Alpha, NoiseSteps, NoiseSeed, PlausibilityCut.RelativeTop]);

    /// <inheritdoc/>
    public override LensPlan Lens => LensPlan.None;

    /// <inheritdoc/>
    public override CompanionPrompt Companion { get; }

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new Vcd(settings, new PlausibilityCut(settings));

    /// <inheritdoc/>
    public override bool NeedsCompanion(StrategyStep step) => _alpha > 0 && (_cut.Select(step) > 1 || step.IsTraced);

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        scores.Fill(ArgMax.Excluded);
        _ = _cut.Select(step);
        foreach (var id in step.Selected)
        {
            var logit = step.Logits[id];
            scores[id] = step.HasCompanion ? ((1 + _alpha) * logit) - (_alpha * step.CompanionLogits[id]) : logit;
        }

        return NoLayer;
    }
}
