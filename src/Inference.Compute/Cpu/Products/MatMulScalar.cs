namespace Inference.Compute.Cpu;

/// <summary>The product as plain loops: the reference of the vector kernels.</summary>
internal static unsafe class MatMulScalar
{
    /// <summary>One row times one panel: y[c] = Σ x[k] · panel[k][c] (+ bias[c]), k ascending, one fused multiply-add each.</summary>
    /// <param name="x">[inputs]</param>
    /// <param name="inputs">Length of the sums.</param>
    /// <param name="panel">The packed panel.</param>
    /// <param name="format">How the panel stores numbers.</param>
    /// <param name="bias">[columns] or null.</param>
    /// <param name="y">[columns]</param>
    /// <param name="columns">Outputs of the panel that exist.</param>
    public static void Panel(float* x, int inputs, byte* panel, NumberFormat format, float* bias, float* y, int columns)
    {
        for (var column = 0; column < columns; column++)
        {
            var sum = 0f;
            for (var k = 0; k < inputs; k++)
                sum = MathF.FusedMultiplyAdd(x[k], Widen.At(panel, format, k, column), sum);
            y[column] = bias is null ? sum : sum + bias[column];
        }
    }
}
