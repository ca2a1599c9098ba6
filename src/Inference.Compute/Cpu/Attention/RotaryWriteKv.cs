namespace Inference.Compute.Cpu;

/// <summary>
/// Turns queries and keys by their positions and scatters keys and values into their pages, while a row's heads are in the first-level
/// cache; parts are runs of rows.
/// </summary>
internal static unsafe class RotaryWriteKv
{
    // What an element of a key costs beside one of a query: it is turned, then written to a line of its own.
    private const long KeyCost = 5;

    /// <summary>q: [rows, heads × headDim], k, v: [rows, kvHeads × headDim].</summary>
    public static void Run(ThreadTeam team, Rotation rotation, RowView q, RowView k, RowView v, KvSlots slots)
    {
        var job = new Job { Q = q, K = k, V = v, Rotation = rotation, Slots = slots, Group = q.Columns / k.Columns };
        job.Parts = Partition.Parts(q.Rows, q.Columns + (k.Columns * KeyCost), team.Count);
        team.Run(job.Parts, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var firstRow = Partition.Start(job->Q.Rows, job->Parts, part);
        var endRow = Partition.Start(job->Q.Rows, job->Parts, part + 1);
        for (var s = 0; s < job->Slots.SegmentCount; s++)
        {
            var segment = job->Slots.Segment(s);
            var first = Math.Max(firstRow, segment.FirstRow);
            var end = Math.Min(endRow, segment.FirstRow + segment.RowCount);
            // Head by head: the keys of a head in a page are few enough lines to stay while rows add a token each.
            for (var head = 0; head < job->Slots.Layout.KvHeads && first < end; head++)
            {
                for (var row = first; row < end; row++)
                    Head(job, segment, row, head);
            }
        }
    }

    private static void Head(Job* job, AttentionSegment segment, int row, int head)
    {
        var column = head * job->Slots.Layout.HeadDim;
        var k = job->K.Row(row) + column;
        job->Rotation.Turn(job->Q.Row(row) + (job->Group * column), job->Group, row);
        job->Rotation.Turn(k, 1, row);
        job->Slots.Write(segment, row - segment.FirstRow, head, k, job->V.Row(row) + column);
    }

    private struct Job
    {
        public RowView Q;
        public RowView K;
        public RowView V;
        public Rotation Rotation;
        public KvSlots Slots;
        public int Group;
        public int Parts;
    }
}
