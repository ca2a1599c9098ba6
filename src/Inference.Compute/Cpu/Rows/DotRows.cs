namespace Inference.Compute.Cpu;

/// <summary>Products of single rows with single vectors, one term at a time.</summary>
internal static unsafe class DotRows
{
    /// <summary>Applies the terms in order; terms of one destination may follow each other.</summary>
    public static void Run(VectorWidth width, RowView x, RowView vectors, DotTerm* terms, int count, float* y)
    {
        delegate*<float*, float*, int, float> dot = width switch
        {
            VectorWidth.Vector512 => &SimdSums.SumOfProducts<Lanes512>,
            VectorWidth.Vector256 => &SimdSums.SumOfProducts<Lanes256>,
            VectorWidth.Vector128 => &SimdSums.SumOfProducts<Lanes128>,
            _ => &ScalarSums.SumOfProducts,
        };
        for (var i = 0; i < count; i++)
        {
            var term = terms[i];
            var product = dot(x.Row(term.Row), vectors.Row(term.Vector), x.Columns);
            y[term.Destination] = term.Adds == 0 ? product : y[term.Destination] + product;
        }
    }
}
