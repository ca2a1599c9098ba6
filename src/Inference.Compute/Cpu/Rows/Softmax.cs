using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Softmax of rows.</summary>
internal static unsafe class Softmax
{
    /// <summary>x = e^(x − max) / Σ e^(x − max), in place.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x)
    {
        var job = new Job { X = x, Parts = Partition.Parts(x.Rows, x.Columns * 4L, team.Count) };
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
    public static void ScalarRow(float* x, int columns)
    {
        var max = float.NegativeInfinity;
        for (var i = 0; i < columns; i++)
            max = max < x[i] ? x[i] : max;
        for (var i = 0; i < columns; i++)
            x[i] = ScalarMath.Exp(x[i] - max);
        var sum = ScalarSums.Sum(x, columns);
        for (var i = 0; i < columns; i++)
            x[i] /= sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(float* x, int columns)
        where T : unmanaged, ISimd<T>
    {
        var max = SimdSums.Max<T>(x, columns);
        var lanes = T.Broadcast(max);
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            T.Store(SimdMath.Exp(T.Load(x + i) - lanes), x + i);
        for (; i < columns; i++)
            x[i] = ScalarMath.Exp(x[i] - max);

        var sum = SimdSums.Sum<T>(x, columns);
        lanes = T.Broadcast(sum);
        for (i = 0; i <= columns - T.Width; i += T.Width)
            T.Store(T.Load(x + i) / lanes, x + i);
        for (; i < columns; i++)
            x[i] /= sum;
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Row(job->X.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public int Parts;
        public delegate*<float*, int, void> Row;
    }
}
