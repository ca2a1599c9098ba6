using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Divergence of rows of logits from one row of logits.</summary>
internal static unsafe class JensenShannon
{
    /// <summary>
    /// y[r] = the mean over columns of ½ (p ln(p / m) + q ln(q / m)), p the softmax of the reference, q of x[r], m their mean.
    /// </summary>
    public static void Run(ThreadTeam team, VectorWidth width, float* reference, float referenceLogSum, RowView x, float* logSums, float* y)
    {
        var job = new Job { Reference = reference, ReferenceLogSum = referenceLogSum, X = x, LogSums = logSums, Y = y };
        job.Parts = Partition.Parts(x.Rows, x.Columns * 4L, team.Count);
        job.Row = width switch
        {
            VectorWidth.Vector512 => &Row<Lanes512>,
            VectorWidth.Vector256 => &Row<Lanes256>,
            VectorWidth.Vector128 => &Row<Lanes128>,
            _ => &ScalarRow,
        };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>Sum over the columns of one row, as a plain loop.</summary>
    public static float ScalarRow(float* a, float aLogSum, float* b, float bLogSum, int columns)
    {
        var partial = stackalloc float[ScalarSums.Lanes];
        for (var i = 0; i < columns; i++)
            partial[i % ScalarSums.Lanes] += ScalarMath.JensenShannon(a[i] - aLogSum, b[i] - bLogSum);
        return ScalarSums.Fold(partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row<T>(float* a, float aLogSum, float* b, float bLogSum, int columns)
        where T : unmanaged, ISimd<T>
    {
        var (aLanes, bLanes) = (T.Broadcast(aLogSum), T.Broadcast(bLogSum));
        var partial = T.Broadcast(0f);
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            partial += SimdMath.JensenShannon(T.Load(a + i) - aLanes, T.Load(b + i) - bLanes);
        if (i < columns)
        {
            // Missing lanes hold two numbers of probability 0.
            var left = columns - i;
            partial += SimdMath.JensenShannon(
                PartialLanes.Load<T>(a + i, left, float.MinValue) - aLanes, PartialLanes.Load<T>(b + i, left, float.MinValue) - bLanes);
        }

        return T.Fold(partial);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var columns = job->X.Columns;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
        {
            var sum = job->Row(job->Reference, job->ReferenceLogSum, job->X.Row(row), job->LogSums[row], columns);
            job->Y[row] = 0.5f * sum / columns;
        }
    }

    private struct Job
    {
        public float* Reference;
        public float ReferenceLogSum;
        public RowView X;
        public float* LogSums;
        public float* Y;
        public int Parts;
        public delegate*<float*, float, float*, float, int, float> Row;
    }
}
