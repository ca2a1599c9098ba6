namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>Two sums over scenes whose quotient is a measure.</summary>
public readonly record struct Ratio(double Part, double Whole) : ICounts<Ratio>
{
    /// <summary>The measure; null where there is nothing to divide by.</summary>
    public double? Value => Whole > 0 ? Part / Whole : null;

    /// <summary>Adds another scene.</summary>
    public Ratio Plus(in Ratio other) => new(Part + other.Part, Whole + other.Whole);
}
