namespace Inference.Compute.Cpu;

/// <summary>y = x · wᵀ + bias, by the kernel that suits the number of rows. All kernels give a row the same bits.</summary>
internal static unsafe class MatMul
{
    /// <summary>
    /// x: [rows, inputs], y: [rows, outputs], bias: [outputs] or null; <paramref name="vnni"/>: null where there are none.
    /// </summary>
    public static void Run(
        ThreadTeam team, Scratch scratch, VectorWidth width, VnniKernels? vnni, RowView x, CpuPackedMatrix w, float* bias, RowView y)
    {
        if (width == VectorWidth.Scalar)
            MatMulScalar.Run(team, x, w, bias, y);
        else if (x.Rows > 0 && vnni is not null && VnniKernels.Take(w.Format))
            VnniProduct.Run(team, scratch, vnni, x, w, bias, y);
        else if (x.Rows == 1)
            MatrixVector.Run(team, scratch, width, x, w, bias, y);
        else if (x.Rows > 1)
            MatrixMatrix.Run(team, scratch, width, x, w, bias, y);
    }
}
