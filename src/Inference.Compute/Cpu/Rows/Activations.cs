namespace Inference.Compute.Cpu;

/// <summary>Element-wise activations, plain and gated.</summary>
internal static unsafe class Activations
{
    /// <summary>y = f(x), or f(x) · gated where <paramref name="up"/> has rows.</summary>
    public static void Run(ThreadTeam team, RowView x, RowView up, Activation activation, RowView y)
    {
        var job = new Job { X = x, Up = up, Y = y, Function = activation, Parts = Partition.Parts(x.Rows, x.Columns * 4L, team.Count) };
        team.Run(job.Parts, &ScalarPart, &job);
    }

    /// <summary>One row as a plain loop; <paramref name="up"/> may be null.</summary>
    public static void ScalarRow(float* x, float* up, Activation activation, float* y, int columns)
    {
        for (var i = 0; i < columns; i++)
        {
            var value = activation switch
            {
                Activation.Gelu => ScalarMath.Gelu(x[i]),
                Activation.GeluTanh => ScalarMath.GeluTanh(x[i]),
                Activation.QuickGelu => ScalarMath.SigmoidUnit(x[i], 1.702f),
                _ => ScalarMath.SigmoidUnit(x[i], 1f),
            };
            y[i] = up is null ? value : value * up[i];
        }
    }

    private static void ScalarPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
        {
            var up = job->Up.Data is null ? null : job->Up.Row(row);
            ScalarRow(job->X.Row(row), up, job->Function, job->Y.Row(row), job->X.Columns);
        }
    }

    private struct Job
    {
        public RowView X;
        public RowView Up;
        public RowView Y;
        public Activation Function;
        public int Parts;
    }
}
