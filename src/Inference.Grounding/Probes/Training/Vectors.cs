namespace Inference.Grounding.Probes.Training;

/// <summary>Arithmetic of parameter vectors.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    public static double Largest(ReadOnlySpan<double> vector)
    {
        var largest = 0.0;
        foreach (var value in vector)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }

    /// <summary>destination = base + factor · direction.</summary>
    public static void Move(ReadOnlySpan<double> origin, double factor, ReadOnlySpan<double> direction, Span<double> destination)
    {
        for (var i = 0; i < origin.Length; i++)
        {
            destination[i] = origin[i] + (factor * direction[i]);
        }
    }

    public static void Scale(Span<double> vector, double factor)
    {
        foreach (ref var value in vector)
        {
            value *= factor;
        }
    }
}
