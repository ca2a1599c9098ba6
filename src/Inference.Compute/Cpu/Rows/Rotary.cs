namespace Inference.Compute.Cpu;

/// <summary>Rotary position embedding, rotate-half layout.</summary>
internal static unsafe class Rotary
{
    /// <summary>x: [rows, heads × headDim] in place.</summary>
    public static void Run(ThreadTeam team, Rotation rotation, RowView x, int heads)
    {
        var job = new Job { X = x, Heads = heads, Rotation = rotation, Parts = Partition.Parts(x.Rows, x.Columns, team.Count) };
        team.Run(job.Parts, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Rotation.Turn(job->X.Row(row), job->Heads, row);
    }

    private struct Job
    {
        public RowView X;
        public int Heads;
        public Rotation Rotation;
        public int Parts;
    }
}
