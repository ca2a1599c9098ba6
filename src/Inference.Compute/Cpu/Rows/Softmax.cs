namespace Inference.Compute.Cpu;

/// <summary>Softmax of rows.</summary>
internal static unsafe class Softmax
{
    /// <summary>x = e^(x − max) / Σ e^(x − max), in place.</summary>
    public static void Run(ThreadTeam team, RowView x)
    {
        var job = new Job { X = x, Parts = Partition.Parts(x.Rows, x.Columns * 4L, team.Count) };
        team.Run(job.Parts, &ScalarPart, &job);
    }

    /// <summary>One row as plain loops.</summary>
    public static void ScalarRow(float* x, int columns)
    {
        var max = float.NegativeInfinity;
        for (var i = 0; i < columns; i++)
            max = x[i] > max ? x[i] : max;
        for (var i = 0; i < columns; i++)
            x[i] = ScalarMath.Exp(x[i] - max);
        var sum = ScalarSums.Sum(x, columns);
        for (var i = 0; i < columns; i++)
            x[i] /= sum;
    }

    private static void ScalarPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            ScalarRow(job->X.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public int Parts;
    }
}
