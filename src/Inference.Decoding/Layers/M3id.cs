using Inference.Decoding.Layers.Settings;
using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>Strengthens what the image adds to the text, the more the longer the answer is, where the model is not sure already.</summary>
internal sealed class M3id : TokenStrategy, IStrategyDefinition
{
    private static readonly NumberSetting Lambda = new("lambda", 0.02, 0, 10, "How fast the image is forgotten, a token.");
    private static readonly NumberSetting Alpha = new(
        "alpha", 0.3, 0, 1, "Only where the best token is less probable than this; 1 is everywhere.");
    private static readonly CountSetting Offset = new("offset", 0, 0, 1 << 20, "Tokens that count as generated before the first.");

    private readonly double _lambda;
    private readonly double _logAlpha;
    private readonly int _offset;

    private M3id(StrategySettings settings)
        : base(settings) => (_lambda, _logAlpha, _offset) = (settings.Read(Lambda), Math.Log(settings.Read(Alpha)), settings.Read(Offset));

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "m3id",
        "Adds the difference to a second sequence that sees no image, growing with the length of the answer, where the model is unsure; "
            + "read only there.",
        "Favero et al., Multi-Modal Hallucination Control by Visual Information Grounding, CVPR 2024 (arXiv 2403.14003)",
        [Lambda, Alpha, Offset]);

    /// <inheritdoc/>
    public override LensPlan Lens => LensPlan.None;

    /// <inheritdoc/>
    public override CompanionPrompt Companion { get; } = new CompanionPrompt.WithoutImages();

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new M3id(settings);

    /// <inheritdoc/>
    public override bool NeedsCompanion(StrategyStep step)
    {
        if (Weight(step.Position) == 0)
        {
            return false;
        }

        var best = float.NegativeInfinity;
        foreach (var logit in step.Logits)
        {
            best = Math.Max(best, logit);
        }

        return best - step.LogSum < _logAlpha;
    }

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        step.Logits.CopyTo(scores);
        if (!step.HasCompanion)
        {
            return NoLayer;
        }

        // Log-probabilities of both, up to a constant that no choice depends on.
        var weight = (float)Weight(step.Position);
        var shift = step.CompanionLogSum - step.LogSum;
        for (var id = 0; id < scores.Length; id++)
        {
            scores[id] += weight * (step.Logits[id] - step.CompanionLogits[id] + shift);
        }

        return NoLayer;
    }

    // (1 − γ) / γ with γ = e^(−λ (t + t0)).
    private double Weight(int position) => Math.Exp(_lambda * ((long)position + _offset)) - 1;
}
