namespace Inference.Compute.Cpu;

/// <summary>
/// The one order in which values of a row are summed: sixteen partial sums, element i in sum i mod 16, ascending; then the upper half is
/// added onto the lower half until one is left. Sixteen lanes are one, two or four registers, so every vector width can keep this order.
/// </summary>
internal static unsafe class ScalarSums
{
    /// <summary>Number of partial sums.</summary>
    public const int Lanes = 16;

    /// <summary>Adds up sixteen partial sums, destroying them.</summary>
    public static float Fold(float* partial)
    {
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
                partial[lane] += partial[lane + half];
        }

        return partial[0];
    }

    /// <summary>Σ x</summary>
    public static float Sum(float* x, int count)
    {
        var partial = stackalloc float[Lanes];
        for (var i = 0; i < count; i++)
            partial[i % Lanes] += x[i];
        return Fold(partial);
    }

    /// <summary>Σ (x − centre)²</summary>
    public static float SumOfSquares(float* x, int count, float centre)
    {
        var partial = stackalloc float[Lanes];
        for (var i = 0; i < count; i++)
        {
            var difference = x[i] - centre;
            partial[i % Lanes] = MathF.FusedMultiplyAdd(difference, difference, partial[i % Lanes]);
        }

        return Fold(partial);
    }

    /// <summary>Σ a · b</summary>
    public static float SumOfProducts(float* a, float* b, int count)
    {
        var partial = stackalloc float[Lanes];
        for (var i = 0; i < count; i++)
            partial[i % Lanes] = MathF.FusedMultiplyAdd(a[i], b[i], partial[i % Lanes]);
        return Fold(partial);
    }

    /// <summary>Σ (a − b)²</summary>
    public static float SumOfSquaredDifferences(float* a, float* b, int count)
    {
        var partial = stackalloc float[Lanes];
        for (var i = 0; i < count; i++)
        {
            var difference = a[i] - b[i];
            partial[i % Lanes] = MathF.FusedMultiplyAdd(difference, difference, partial[i % Lanes]);
        }

        return Fold(partial);
    }
}
