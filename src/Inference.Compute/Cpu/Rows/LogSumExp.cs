using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>ln Σ eˣ of rows.</summary>
internal static unsafe class LogSumExp
{
    /// <summary>y[r] = max + ln Σ e^(x[r] − max)</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, float* y)
    {
        var job = new Job { X = x, Y = y, Parts = Partition.Parts(x.Rows, x.Columns * 2L, team.Count) };
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
    public static float ScalarRow(float* x, int columns)
    {
        var max = float.NegativeInfinity;
        for (var i = 0; i < columns; i++)
            max = max < x[i] ? x[i] : max;
        var partial = stackalloc float[ScalarSums.Lanes];
        for (var i = 0; i < columns; i++)
            partial[i % ScalarSums.Lanes] += ScalarMath.Exp(x[i] - max);
        return Total(max, ScalarSums.Fold(partial));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row<T>(float* x, int columns)
        where T : unmanaged, ISimd<T>
    {
        var max = SimdSums.Max<T>(x, columns);
        var lanes = T.Broadcast(max);
        var partial = T.Broadcast(0f);
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            partial += SimdMath.Exp(T.Load(x + i) - lanes);
        // Missing lanes hold a number whose exponential is 0.
        if (i < columns)
            partial += SimdMath.Exp(PartialLanes.Load<T>(x + i, columns - i, float.NegativeInfinity) - lanes);
        return Total(max, T.Fold(partial));
    }

    private static float Total(float max, float sum) => (float)(max + Math.Log(sum));

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Y[row] = job->Row(job->X.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public float* Y;
        public int Parts;
        public delegate*<float*, int, float> Row;
    }
}
