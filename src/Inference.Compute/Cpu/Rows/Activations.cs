using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Element-wise activations, plain and gated.</summary>
internal static unsafe class Activations
{
    /// <summary>y = f(x), or f(x) · up where <paramref name="up"/> has rows.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, RowView up, Activation activation, RowView y)
    {
        var job = new Job { X = x, Up = up, Y = y, Parts = Partition.Parts(x.Rows, x.Columns * 4L, team.Count) };
        job.Row = activation switch
        {
            Activation.Gelu => ForWidth<GeluFunction>(width),
            Activation.GeluTanh => ForWidth<GeluTanhFunction>(width),
            Activation.QuickGelu => ForWidth<QuickGeluFunction>(width),
            Activation.Silu => ForWidth<SiluFunction>(width),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation function."),
        };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>One row as a plain loop; <paramref name="up"/> may be null.</summary>
    public static void ScalarRow<TFunction>(float* x, float* up, float* y, int columns)
        where TFunction : IActivationFunction
    {
        for (var i = 0; i < columns; i++)
        {
            var value = TFunction.Of(x[i]);
            y[i] = up is null ? value : value * up[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T, TFunction>(float* x, float* up, float* y, int columns)
        where T : unmanaged, ISimd<T>
        where TFunction : IActivationFunction
    {
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
        {
            var value = TFunction.Of(T.Load(x + i));
            T.Store(up is null ? value : value * T.Load(up + i), y + i);
        }

        ScalarRow<TFunction>(x + i, up is null ? null : up + i, y + i, columns - i);
    }

    private static delegate*<float*, float*, float*, int, void> ForWidth<TFunction>(VectorWidth width)
        where TFunction : IActivationFunction => width switch
        {
            VectorWidth.Vector512 => &Row<Lanes512, TFunction>,
            VectorWidth.Vector256 => &Row<Lanes256, TFunction>,
            VectorWidth.Vector128 => &Row<Lanes128, TFunction>,
            _ => &ScalarRow<TFunction>,
        };

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
        {
            var up = job->Up.Data is null ? null : job->Up.Row(row);
            job->Row(job->X.Row(row), up, job->Y.Row(row), job->X.Columns);
        }
    }

    private struct Job
    {
        public RowView X;
        public RowView Up;
        public RowView Y;
        public int Parts;
        public delegate*<float*, float*, float*, int, void> Row;
    }
}
