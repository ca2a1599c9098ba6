using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>The mean of the rows of a matrix.</summary>
internal static unsafe class MeanRow
{
    // Columns of a part: whole registers at every width.
    private const int PartColumns = 1024;

    /// <summary>y = (x[0] + x[1] + …) / rows, the rows added in order. x: [rows, columns], y: [1, columns].</summary>
    public static void Run(ThreadTeam team, VectorWidth width, RowView x, RowView y)
    {
        var job = new Job { X = x, Y = y.Row(0) };
        job.Columns = width switch
        {
            VectorWidth.Vector512 => &Columns<Lanes512>,
            VectorWidth.Vector256 => &Columns<Lanes256>,
            VectorWidth.Vector128 => &Columns<Lanes128>,
            _ => &ScalarColumns,
        };
        team.Run((x.Columns + PartColumns - 1) / PartColumns, &Part, &job);
    }

    /// <summary>Columns [first, end) as plain loops.</summary>
    public static void ScalarColumns(RowView x, float* y, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var sum = 0f;
            for (var row = 0; row < x.Rows; row++)
                sum += x.Row(row)[i];
            y[i] = sum / x.Rows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<T>(RowView x, float* y, int first, int end)
        where T : unmanaged, ISimd<T>
    {
        var i = first;
        var rows = T.Broadcast(x.Rows);
        for (; i <= end - T.Width; i += T.Width)
        {
            var sum = T.Broadcast(0f);
            for (var row = 0; row < x.Rows; row++)
                sum += T.Load(x.Row(row) + i);
            T.Store(sum / rows, y + i);
        }

        ScalarColumns(x, y, i, end);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var first = part * PartColumns;
        job->Columns(job->X, job->Y, first, Math.Min(first + PartColumns, job->X.Columns));
    }

    private struct Job
    {
        public RowView X;
        public float* Y;
        public delegate*<RowView, float*, int, int, void> Columns;
    }
}
