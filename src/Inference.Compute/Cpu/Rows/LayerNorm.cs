using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Layer norm of rows.</summary>
internal static unsafe class LayerNorm
{
    /// <summary>y = (x − mean) / √(var + epsilon) · weight + bias, two passes; y may be x.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, float* weight, float* bias, float epsilon, RowView y)
    {
        var job = new Job { X = x, Y = y, Weight = weight, Bias = bias, Epsilon = epsilon };
        job.Parts = Partition.Parts(x.Rows, x.Columns, team.Count);
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
    public static void ScalarRow(float* x, float* weight, float* bias, float epsilon, float* y, int columns)
    {
        var mean = ScalarSums.Sum(x, columns) / columns;
        var scale = 1f / MathF.Sqrt((ScalarSums.SumOfSquares(x, columns, mean) / columns) + epsilon);
        for (var i = 0; i < columns; i++)
            y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, weight[i], bias[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(float* x, float* weight, float* bias, float epsilon, float* y, int columns)
        where T : unmanaged, ISimd<T>
    {
        var mean = SimdSums.Sum<T>(x, columns) / columns;
        var factor = 1f / MathF.Sqrt((SimdSums.SumOfSquares<T>(x, columns, mean) / columns) + epsilon);
        var (middle, scale) = (T.Broadcast(mean), T.Broadcast(factor));
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            T.Store(T.FusedMultiplyAdd((T.Load(x + i) - middle) * scale, T.Load(weight + i), T.Load(bias + i)), y + i);
        for (; i < columns; i++)
            y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * factor, weight[i], bias[i]);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Row(job->X.Row(row), job->Weight, job->Bias, job->Epsilon, job->Y.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public RowView Y;
        public float* Weight;
        public float* Bias;
        public float Epsilon;
        public int Parts;
        public delegate*<float*, float*, float*, float, float*, int, void> Row;
    }
}
