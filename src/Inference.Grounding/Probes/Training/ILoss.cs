namespace Inference.Grounding.Probes.Training;

/// <summary>A function to be minimised.</summary>
internal interface ILoss
{
    /// <summary>Numbers to choose.</summary>
    int Parameters { get; }

    /// <summary>The value at a point; overwrites <paramref name="gradient"/> with the slope there.</summary>
    double Evaluate(ReadOnlySpan<double> point, Span<double> gradient);
}
