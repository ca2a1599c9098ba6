using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Weighted sums of rows, one term at a time.</summary>
internal static unsafe class CombineRows
{
    /// <summary>Applies the terms in order; terms of one destination may follow each other.</summary>
    public static void Run(VectorWidth width, RowView source, RowTerm* terms, int count, RowView destination)
    {
        var add = Kernel(width);
        for (var i = 0; i < count; i++)
        {
            var term = terms[i];
            var from = source.Row(term.Source);
            var to = destination.Row(term.Destination);
            if (term.Adds == 0)
                new Span<float>(to, source.Columns).Clear();
            if (term is { Adds: 0, Weight: 1f })
                new ReadOnlySpan<float>(from, source.Columns).CopyTo(new Span<float>(to, source.Columns));
            else
                add(from, term.Weight, to, source.Columns);
        }
    }

    /// <summary>One row as a plain loop.</summary>
    public static void ScalarRow(float* x, float weight, float* y, int columns)
    {
        for (var i = 0; i < columns; i++)
            y[i] = MathF.FusedMultiplyAdd(x[i], weight, y[i]);
    }

    private static delegate*<float*, float, float*, int, void> Kernel(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => &Row<Lanes512>,
        VectorWidth.Vector256 => &Row<Lanes256>,
        VectorWidth.Vector128 => &Row<Lanes128>,
        _ => &ScalarRow,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(float* x, float weight, float* y, int columns)
        where T : unmanaged, ISimd<T>
    {
        var factor = T.Broadcast(weight);
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            T.Store(T.FusedMultiplyAdd(T.Load(x + i), factor, T.Load(y + i)), y + i);
        ScalarRow(x + i, weight, y + i, columns - i);
    }
}
