using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Reads rows back out of packed panels, so that tied embeddings share the vocabulary matrix.</summary>
internal static unsafe class EmbedRows
{
    /// <summary>y[r] = weights row ids[r]; negative ids leave their row.</summary>
    public static void Run(ThreadTeam team, CpuPackedMatrix table, int* ids, RowView y)
    {
        var job = new Job { Y = y, Ids = ids, Weights = table.Base, PanelBytes = table.PanelBytes, Format = table.Format };
        job.Parts = Partition.Parts(y.Rows, y.Columns, team.Count);
        team.Run(job.Parts, &Part, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->Y.Rows, job->Parts, part + 1);
        for (var row = Partition.Start(job->Y.Rows, job->Parts, part); row < end; row++)
        {
            var id = job->Ids[row];
            if (id < 0)
                continue;
            var panel = job->Weights + (id / CpuPackedMatrix.PanelWidth * job->PanelBytes);
            var column = id % CpuPackedMatrix.PanelWidth;
            var y = job->Y.Row(row);
            for (var k = 0; k < job->Y.Columns; k++)
                y[k] = Widen.At(panel, job->Format, k, column);
        }
    }

    private struct Job
    {
        public RowView Y;
        public int* Ids;
        public byte* Weights;
        public long PanelBytes;
        public NumberFormat Format;
        public int Parts;
    }
}
