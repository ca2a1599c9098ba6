namespace Inference.Compute.Cpu;

/// <summary>Scatters keys and values of a batch into their pages; one part a KV head.</summary>
internal static unsafe class WriteKv
{
    /// <summary>k, v: [rows, kvHeads × headDim].</summary>
    public static void Run(ThreadTeam team, RowView k, RowView v, KvSlots slots)
    {
        var parallel = Partition.Parts(k.Rows, k.Columns * 4L, team.Count) > 1;
        var job = new Job { K = k, V = v, Slots = slots, HeadsPerPart = parallel ? 1 : slots.Layout.KvHeads };
        team.Run(slots.Layout.KvHeads / job.HeadsPerPart, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var headDim = job->Slots.Layout.HeadDim;
        for (var s = 0; s < job->Slots.SegmentCount; s++)
        {
            var segment = job->Slots.Segment(s);
            for (var i = 0; i < segment.RowCount; i++)
            {
                var k = job->K.Row(segment.FirstRow + i);
                var v = job->V.Row(segment.FirstRow + i);
                for (var head = part * job->HeadsPerPart; head < (part + 1) * job->HeadsPerPart; head++)
                    job->Slots.Write(segment, i, head, k + (head * headDim), v + (head * headDim));
            }
        }
    }

    private struct Job
    {
        public RowView K;
        public RowView V;
        public KvSlots Slots;
        public int HeadsPerPart;
    }
}
