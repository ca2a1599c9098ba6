using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Where the rows of a batch stand in a layer's pages; pageTable: the layer's part.</summary>
internal readonly unsafe struct KvSlots(CpuKvPool pool, AttentionSegment* segments, int segmentCount, int* pageTable)
{
    private readonly byte* _pool = pool.Base;

    /// <summary>Where numbers stand in a page.</summary>
    public readonly KvPageLayout Layout = pool.Layout;

    /// <summary>Segments of the batch.</summary>
    public readonly int SegmentCount = segmentCount;

    /// <summary>A segment of the batch.</summary>
    public AttentionSegment Segment(int index) => segments[index];

    /// <summary>Writes the key and value of row <paramref name="i"/> of a segment. k, v: [headDim] of a KV head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(AttentionSegment segment, int i, int head, float* k, float* v)
    {
        var slot = segment.SlotOf(i);
        var page = _pool + (pageTable[segment.FirstPage + (slot / KvPageLayout.Tokens)] * Layout.PageBytes);
        var lane = slot % KvPageLayout.Tokens;
        var key = page + Layout.KeyOffset(head);
        var value = page + Layout.ValueOffset(head) + (lane * Layout.RunBytes);
        if (Layout.Format == NumberFormat.BF16)
            WriteRounded(Layout, k, v, (ushort*)key + PanelPacker.HalfOffset(lane), value);
        else
            WriteSingles(Layout, k, v, (float*)key + lane, value);
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
}
