namespace Inference.Compute.Cpu;

/// <summary>Layer norm of rows.</summary>
internal static unsafe class LayerNorm
{
    /// <summary>y = (x − mean) / √(var + epsilon) · weight + bias, two passes; y may be x.</summary>
    public static void Run(ThreadTeam team, RowView x, float* weight, float* bias, float epsilon, RowView y)
    {
        var job = new Job { X = x, Y = y, Weight = weight, Bias = bias, Epsilon = epsilon, Parts = Partition.Parts(x.Rows, x.Columns, team.Count) };
        team.Run(job.Parts, &ScalarPart, &job);
    }

    /// <summary>One row as plain loops.</summary>
    public static void ScalarRow(float* x, float* weight, float* bias, float epsilon, float* y, int columns)
    {
        var mean = ScalarSums.Sum(x, columns) / columns;
        var scale = 1f / MathF.Sqrt((ScalarSums.SumOfSquares(x, columns, mean) / columns) + epsilon);
        for (var i = 0; i < columns; i++)
            y[i] = MathF.FusedMultiplyAdd((x[i] - mean) * scale, weight[i], bias[i]);
    }

    private static void ScalarPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            ScalarRow(job->X.Row(row), job->Weight, job->Bias, job->Epsilon, job->Y.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public RowView Y;
        public float* Weight;
        public float* Bias;
        public float Epsilon;
        public int Parts;
    }
}
