using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Where the finished sums of a product go, while they are still in the first-level cache: y = sums + bias, or y += sums + bias, the bias
/// before what stands in y.
/// </summary>
internal readonly unsafe struct ProductOutput(VectorWidth width, RowView y, float* bias, bool adds)
{
    // (sums, their stride, bias or null, y, its stride, rows, columns, whether to add)
    private readonly delegate*<float*, int, float*, float*, int, int, int, bool, void> _finish = width switch
    {
        VectorWidth.Vector512 => &Finish<Lanes512>,
        VectorWidth.Vector256 => &Finish<Lanes256>,
        VectorWidth.Vector128 => &Finish<Lanes128>,
        _ => &ScalarFinish,
    };

    private readonly float* _bias = bias;

    /// <summary>[rows, outputs]</summary>
    public readonly RowView Y = y;

    /// <summary>Whether the product is added to what stands in y.</summary>
    public readonly bool Adds = adds;

    /// <summary>Hands over finished sums.</summary>
    /// <param name="sums">[rows, columns]; they may stand in y already, at their place.</param>
    /// <param name="stride">From row to row of the sums.</param>
    /// <param name="row">First row of y.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="column">First column of y.</param>
    /// <param name="columns">Number of columns; those that y lacks are left out.</param>
    public void Take(float* sums, int stride, int row, int rows, int column, int columns)
    {
        var y = Y.Row(row) + column;
        if (sums != y || _bias is not null)
            _finish(sums, stride, _bias is null ? null : _bias + column, y, Y.Stride, rows, Math.Min(columns, Y.Columns - column), Adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<T>(float* sums, int stride, float* bias, float* y, int yStride, int rows, int columns, bool adds)
        where T : unmanaged, ISimd<T>
    {
        for (var row = 0; row < rows; row++, sums += stride, y += yStride)
        {
            var i = 0;
            for (; i <= columns - T.Width; i += T.Width)
            {
                var sum = T.Load(sums + i);
                if (bias is not null)
                    sum += T.Load(bias + i);
                T.Store(adds ? T.Load(y + i) + sum : sum, y + i);
            }

            Tail(sums, bias, y, i, columns, adds);
        }
    }

    private static void ScalarFinish(float* sums, int stride, float* bias, float* y, int yStride, int rows, int columns, bool adds)
    {
        for (var row = 0; row < rows; row++, sums += stride, y += yStride)
            Tail(sums, bias, y, 0, columns, adds);
    }

    private static void Tail(float* sums, float* bias, float* y, int i, int columns, bool adds)
    {
        for (; i < columns; i++)
        {
            var sum = bias is null ? sums[i] : sums[i] + bias[i];
            y[i] = adds ? y[i] + sum : sum;
        }
    }
}
