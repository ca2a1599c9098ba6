namespace Inference.Compute.Cpu;

/// <summary>The product x · wᵀ, by the kernel that suits the number of rows. All kernels give a row the same bits.</summary>
internal static unsafe class MatMul
{
    /// <summary>
    /// x: [rows, inputs], output: [rows, outputs]; <paramref name="vnni"/>: null where there are none.
    /// </summary>
    public static void Run(
        ThreadTeam team, Scratch scratch, VectorWidth width, VnniKernels? vnni, RowView x, CpuPackedMatrix w, ProductOutput output)
    {
        if (width == VectorWidth.Scalar)
            MatMulScalar.Run(team, x, w, output);
        else if (x.Rows > 0 && vnni is not null && VnniKernels.Take(w.Format))
            VnniProduct.Run(team, scratch, vnni, x, w, output);
        else if (x.Rows == 1)
            MatrixVector.Run(team, scratch, width, x, w, output);
        else if (x.Rows > 1)
            MatrixMatrix.Run(team, scratch, width, x, w, output);
    }
}
