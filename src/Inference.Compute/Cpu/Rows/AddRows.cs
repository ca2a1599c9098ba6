using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Adds rows onto rows.</summary>
internal static unsafe class AddRows
{
    /// <summary>y += x, same shape.</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, RowView y)
    {
        var job = new Job { X = x, Y = y, Parts = Partition.Parts(x.Rows, x.Columns, team.Count), Row = Kernel(width) };
        team.Run(job.Parts, &Part, &job);
    }

    /// <summary>The kernel (x, y, columns) that adds one row.</summary>
    public static delegate*<float*, float*, int, void> Kernel(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => &Row<Lanes512>,
        VectorWidth.Vector256 => &Row<Lanes256>,
        VectorWidth.Vector128 => &Row<Lanes128>,
        _ => &ScalarRow,
    };

    /// <summary>One row as a plain loop.</summary>
    public static void ScalarRow(float* x, float* y, int columns)
    {
        for (var i = 0; i < columns; i++)
            y[i] += x[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(float* x, float* y, int columns)
        where T : unmanaged, ISimd<T>
    {
        var i = 0;
        for (; i <= columns - T.Width; i += T.Width)
            T.Store(T.Load(y + i) + T.Load(x + i), y + i);
        ScalarRow(x + i, y + i, columns - i);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->X.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->X.Rows, job->Parts, part); row < end; row++)
            job->Row(job->X.Row(row), job->Y.Row(row), job->X.Columns);
    }

    private struct Job
    {
        public RowView X;
        public RowView Y;
        public int Parts;
        public delegate*<float*, float*, int, void> Row;
    }
}
