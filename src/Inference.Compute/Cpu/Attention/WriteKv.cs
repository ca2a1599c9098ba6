using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Scatters keys and values of a batch into their pages; one part a KV head.</summary>
internal static unsafe class WriteKv
{
    /// <summary>k, v: [rows, kvHeads × headDim]; pageTable: the layer's part.</summary>
    public static void Run(
        ThreadTeam team, RowView k, RowView v, CpuKvPool pool, AttentionSegment* segments, int segmentCount, int* pageTable)
    {
        var job = new Job { K = k, V = v, Pool = pool.Base, Layout = pool.Layout, PageTable = pageTable };
        job.Segments = segments;
        job.SegmentCount = segmentCount;
        var parallel = Partition.Parts(k.Rows, k.Columns * 4L, team.Count) > 1;
        job.HeadsPerPart = parallel ? 1 : pool.Layout.KvHeads;
        team.Run(pool.Layout.KvHeads / job.HeadsPerPart, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        for (var s = 0; s < job->SegmentCount; s++)
        {
            var segment = job->Segments[s];
            for (var i = 0; i < segment.RowCount; i++)
            {
                var slot = segment.SlotOf(i);
                var page = job->Pool + (job->PageTable[segment.FirstPage + (slot / KvPageLayout.Tokens)] * job->Layout.PageFloats);
                for (var head = part * job->HeadsPerPart; head < (part + 1) * job->HeadsPerPart; head++)
                    WriteToken(job, segment.FirstRow + i, head, page, slot % KvPageLayout.Tokens);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteToken(Job* job, int row, int head, float* page, int lane)
    {
        var headDim = job->Layout.HeadDim;
        var k = job->K.Row(row) + (head * headDim);
        var v = job->V.Row(row) + (head * headDim);
        var key = page + job->Layout.KeyOffset(head) + lane;
        var value = page + job->Layout.ValueOffset(head);
        for (var d = 0; d < headDim; d++)
            key[d * KvPageLayout.Tokens] = k[d];
        for (var d = 0; d < headDim; d += CpuPackedMatrix.PanelWidth)
        {
            var width = Math.Min(CpuPackedMatrix.PanelWidth, headDim - d);
            new ReadOnlySpan<float>(v + d, width).CopyTo(new Span<float>(value + KvPageLayout.ValueIndex(lane, d), width));
        }
    }

    private struct Job
    {
        public RowView K;
        public RowView V;
        public float* Pool;
        public KvPageLayout Layout;
        public AttentionSegment* Segments;
        public int SegmentCount;
        public int* PageTable;
        public int HeadsPerPart;
    }
}
