namespace Inference.Decoding.Probes;

/// <summary>p = 1 / (1 + e^−(scale · logit + offset)), fitted on held-out logits (Platt 1999).</summary>
/// <param name="Scale">At least 0: a higher logit never means less.</param>
/// <param name="Offset">Any finite number.</param>
public sealed record PlattCalibration(float Scale, float Offset) : ProbeCalibration
{
    /// <summary>The plain logistic function: for a probe whose logits are log-odds already.</summary>
    public static PlattCalibration Identity { get; } = new(1f, 0f);

    /// <inheritdoc/>
    public override string Kind => "platt";

    /// <inheritdoc/>
    public override float Map(float logit) => 1f / (1f + MathF.Exp(-((Scale * logit) + Offset)));

    internal override void Check(string field)
    {
        if (!float.IsFinite(Scale) || Scale < 0)
        {
            throw new ProbeException($"{field}.scale", FormattableString.Invariant($"{Scale}"), "a finite number, at least 0");
        }

        if (!float.IsFinite(Offset))
        {
            throw new ProbeException($"{field}.offset", FormattableString.Invariant($"{Offset}"), "a finite number");
        }
    }
}
