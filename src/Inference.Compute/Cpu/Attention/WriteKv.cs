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
                var page = job->Pool + (job->PageTable[segment.FirstPage + (slot / KvPageLayout.Tokens)] * job->Layout.PageBytes);
                for (var head = part * job->HeadsPerPart; head < (part + 1) * job->HeadsPerPart; head++)
                    WriteToken(job, segment.FirstRow + i, head, page, slot % KvPageLayout.Tokens);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteToken(Job* job, int row, int head, byte* page, int lane)
    {
        var layout = job->Layout;
        var k = job->K.Row(row) + (head * layout.HeadDim);
        var v = job->V.Row(row) + (head * layout.HeadDim);
        var key = page + layout.KeyOffset(head);
        var value = page + layout.ValueOffset(head) + (lane * layout.RunBytes);
        if (layout.Format == NumberFormat.BF16)
            WriteRounded(layout, k, v, (ushort*)key + PanelPacker.HalfOffset(lane), value);
        else
            WriteSingles(layout, k, v, (float*)key + lane, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteSingles(KvPageLayout layout, float* k, float* v, float* key, byte* value)
    {
        for (var d = 0; d < layout.HeadDim; d++)
            key[d * KvPageLayout.Tokens] = k[d];
        for (var d = 0; d < layout.HeadDim; d += CpuPackedMatrix.PanelWidth, value += layout.ValuePanelBytes)
        {
            var width = Math.Min(CpuPackedMatrix.PanelWidth, layout.HeadDim - d);
            new ReadOnlySpan<float>(v + d, width).CopyTo(new Span<float>(value, width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteRounded(KvPageLayout layout, float* k, float* v, ushort* key, byte* value)
    {
        for (var d = 0; d < layout.HeadDim; d++)
            key[d * KvPageLayout.Tokens] = Round(k[d]);
        for (var d = 0; d < layout.HeadDim; d += CpuPackedMatrix.PanelWidth, value += layout.ValuePanelBytes)
        {
            var width = Math.Min(CpuPackedMatrix.PanelWidth, layout.HeadDim - d);
            for (var i = 0; i < width; i++)
                ((ushort*)value)[PanelPacker.HalfOffset(i)] = Round(v[d + i]);
        }
    }

    // What is no number stays none: rounding its bits could carry into the sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Round(float value) => float.IsNaN(value)
        ? (ushort)0x7FC0
        : (ushort)(BitConverter.SingleToUInt32Bits(GroupQuantizer.RoundToBFloat16(value)) >> 16);

    private struct Job
    {
        public RowView K;
        public RowView V;
        public byte* Pool;
        public KvPageLayout Layout;
        public AttentionSegment* Segments;
        public int SegmentCount;
        public int* PageTable;
        public int HeadsPerPart;
    }
}
