namespace Inference.Grounding.Verification;

/// <summary>How claims are checked.</summary>
public sealed record VerificationOptions
{
    /// <summary>Most claims of one text.</summary>
    public const int MostClaims = 64;

    /// <summary>A claim whose share of yes is not above it is rejected; RLAIF-V's rule (yes more likely than no) is 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Claims of an answer that are checked, the first ones; at most <see cref="MostClaims"/>.</summary>
    public int MaxClaims { get; init; } = 32;

    /// <summary>
    /// Of several samples, those count whose number of tokens is at least this share of the median, 0 to 1; 0 lets all count.
    /// </summary>
    public double MinLength { get; init; } = 0.8;
}
