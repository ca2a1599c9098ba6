using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Root mean square norm of rows.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>y = x / √(mean(x²) + epsilon) · weight; y may be x.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, float* weight, float epsilon, RowView y)
    {
        var job = new Job { X = x, Y = y, Weight = weight, Epsilon = epsilon, Parts = Partition.Parts(x.Rows, x.Columns, team.Count) };
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
    public static void ScalarRow(float* x, float* weight, float epsilon, float* y, int columns)
    {
        var scale = 1f / MathF.Sqrt((ScalarSums.SumOfSquares(x, columns, 0f) / columns) + epsilon);
        for (var i = 0; i < columns; i++)
            y[i] = x[i] * scale * weight[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(float* x, float* weight, float epsilon, float* y, int columns)
        where T : unmanaged, ISimd<T>
    {
        var factor = 1f / MathF.Sqrt((SimdSums.SumOfSquares<T>(x, columns, 0f) / columns) + epsilon);
        var scale = T.Broadcast(factor);
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            T.Store(T.Load(x + i) * scale * T.Load(weight + i), y + i);
        for (; i < columns; i++)
            y[i] = x[i] * factor * weight[i];
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Row(job->X.Row(row), job->Weight, job->Epsilon, job->Y.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public RowView Y;
        public float* Weight;
        public float Epsilon;
        public int Parts;
        public delegate*<float*, float*, float, float*, int, void> Row;
    }
}
