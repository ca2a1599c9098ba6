using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>How far apart the rows of two matrices are.</summary>
internal static unsafe class RowDistances
{
    /// <summary>y[0, r] = ‖a[r] − b[r]‖₂; a and b: [rows, columns], y: [1, rows].</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView a, RowView b, RowView y)
    {
        var job = new Job { A = a, B = b, Y = y.Row(0), Parts = Partition.Parts(a.Rows, a.Columns, team.Count) };
        job.Row = width switch
        {
            VectorWidth.Vector512 => &Row<Lanes512>,
            VectorWidth.Vector256 => &Row<Lanes256>,
            VectorWidth.Vector128 => &Row<Lanes128>,
            _ => &ScalarRow,
        };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>One row as plain loops.</summary>
    public static float ScalarRow(float* a, float* b, int columns) => MathF.Sqrt(ScalarSums.SumOfSquaredDifferences(a, b, columns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row<T>(float* a, float* b, int columns)
        where T : unmanaged, ISimd<T> => MathF.Sqrt(SimdSums.SumOfSquaredDifferences<T>(a, b, columns));

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->A.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->A.Rows, job->Parts, part); row < end; row++)
            job->Y[row] = job->Row(job->A.Row(row), job->B.Row(row), job->A.Columns);
    }

    private struct Job
    {
        public RowView A;
        public RowView B;
        public float* Y;
        public int Parts;
        public delegate*<float*, float*, int, float> Row;
    }
}
