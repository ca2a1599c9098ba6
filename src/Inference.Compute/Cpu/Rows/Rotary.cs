namespace Inference.Compute.Cpu;

/// <summary>Rotary position embedding, rotate-half layout.</summary>
internal static unsafe class Rotary
{
    /// <summary>x: [rows, heads × headDim] in place; cosines, sines: [positions, headDim / 2].</summary>
    public static void Run(ThreadTeam team, RowView x, int headDim, int* positions, float* cosines, float* sines)
    {
        var job = new Job { X = x, HeadDim = headDim, Positions = positions, Cosines = cosines, Sines = sines };
        job.Parts = Partition.Parts(x.Rows, x.Columns, team.Count);
        team.Run(job.Parts, &ScalarPart, &job);
    }

    /// <summary>One head as a plain loop: (a, b) becomes (a cos − b sin, b cos + a sin).</summary>
    public static void ScalarHead(float* x, float* cosines, float* sines, int half)
    {
        for (var i = 0; i < half; i++)
        {
            var (a, b) = (x[i], x[i + half]);
            x[i] = MathF.FusedMultiplyAdd(a, cosines[i], -(b * sines[i]));
            x[i + half] = MathF.FusedMultiplyAdd(b, cosines[i], a * sines[i]);
        }
    }

    private static void ScalarPart(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var half = job->HeadDim / 2;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
        {
            var angle = (long)job->Positions[row] * half;
            for (var column = 0; column < job->X.Columns; column += job->HeadDim)
                ScalarHead(job->X.Row(row) + column, job->Cosines + angle, job->Sines + angle, half);
        }
    }

    private struct Job
    {
        public RowView X;
        public int HeadDim;
        public int* Positions;
        public float* Cosines;
        public float* Sines;
        public int Parts;
    }
}
