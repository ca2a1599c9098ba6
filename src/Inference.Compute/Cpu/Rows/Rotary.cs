using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Rotary position embedding, rotate-half layout.</summary>
internal static unsafe class Rotary
{
    /// <summary>x: [rows, heads × headDim] in place; cosines, sines: [positions, headDim / 2].</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, int headDim, int* positions, float* cosines, float* sines)
    {
        var job = new Job { X = x, HeadDim = headDim, Positions = positions, Cosines = cosines, Sines = sines };
        job.Parts = Partition.Parts(x.Rows, x.Columns, team.Count);
        job.Head = width switch
        {
            VectorWidth.Vector512 => &Head<Simd512>,
            VectorWidth.Vector256 => &Head<Simd256>,
            VectorWidth.Vector128 => &Head<Simd128>,
            _ => &ScalarHead,
        };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>One head as a plain loop: (a, b) becomes (a cos − b sin, b cos + a sin).</summary>
    public static void ScalarHead(float* x, float* cosines, float* sines, int half) => Tail(x, cosines, sines, half, 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Head<T>(float* x, float* cosines, float* sines, int half)
        where T : unmanaged, ISimd<T>
    {
        var i = 0;
        for (; i <= half - T.Width; i += T.Width)
        {
            var (a, b) = (T.Load(x + i), T.Load(x + half + i));
            var (cos, sin) = (T.Load(cosines + i), T.Load(sines + i));
            T.Store(T.FusedMultiplyAdd(a, cos, T.Broadcast(-0f) - (b * sin)), x + i);
            T.Store(T.FusedMultiplyAdd(b, cos, a * sin), x + half + i);
        }

        Tail(x, cosines, sines, half, i);
    }

    private static void Tail(float* x, float* cosines, float* sines, int half, int i)
    {
        for (; i < half; i++)
        {
            var (a, b) = (x[i], x[i + half]);
            x[i] = MathF.FusedMultiplyAdd(a, cosines[i], -(b * sines[i]));
            x[i + half] = MathF.FusedMultiplyAdd(b, cosines[i], a * sines[i]);
        }
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var half = job->HeadDim / 2;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
        {
            var angle = (long)job->Positions[row] * half;
            for (var column = 0; column < job->X.Columns; column += job->HeadDim)
                job->Head(job->X.Row(row) + column, job->Cosines + angle, job->Sines + angle, half);
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
        public delegate*<float*, float*, float*, int, void> Head;
    }
}
