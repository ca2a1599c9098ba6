namespace Inference.Compute.Cpu;

/// <summary>Attention of one query head as plain loops: the reference of the blocked kernels.</summary>
internal static unsafe class AttentionScalar
{
    /// <summary>
    /// Attends with query rows [first, first + count) of a segment and all heads of <paramref name="kvHead"/>; needs no scratch.
    /// </summary>
    public static void Block(AttentionJob* job, AttentionSegment segment, int first, int count, int kvHead, float* scratch)
    {
        var pages = job->PageTable + segment.FirstPage;
        for (var row = first; row < first + count; row++)
        {
            for (var head = kvHead * job->Group; head < (kvHead + 1) * job->Group; head++)
            {
                var q = job->Q.Row(segment.FirstRow + row) + (head * job->Layout.HeadDim);
                var y = job->Y.Row(segment.FirstRow + row) + (head * job->Layout.HeadDim);
                Head(q, job->Pool, job->Layout, kvHead, pages, segment.VisibleTo(row), job->Scale, y);
            }
        }
    }

    /// <summary>
    /// y = softmax(scale · q Kᵀ) V over the first <paramref name="visible"/> slots, page by page: new maximum, correction of what was
    /// summed so far, then the page's terms in ascending order.
    /// </summary>
    /// <param name="q">[headDim]</param>
    /// <param name="pool">The pool's pages.</param>
    /// <param name="layout">Layout of a page.</param>
    /// <param name="kvHead">KV head to read.</param>
    /// <param name="pages">The sequence's pages.</param>
    /// <param name="visible">Slots attended to.</param>
    /// <param name="scale">Applied to each score after its sum.</param>
    /// <param name="y">[headDim]</param>
    public static void Head(float* q, byte* pool, KvPageLayout layout, int kvHead, int* pages, int visible, float scale, float* y)
    {
        var p = stackalloc float[KvPageLayout.Tokens];
        var max = float.NegativeInfinity;
        var sum = 0f;
        new Span<float>(y, layout.HeadDim).Clear();
        for (var start = 0; start < visible; start += KvPageLayout.Tokens)
        {
            var page = pool + (*pages++ * layout.PageBytes);
            var keys = page + layout.KeyOffset(kvHead);
            var values = page + layout.ValueOffset(kvHead);
            var count = Math.Min(KvPageLayout.Tokens, visible - start);

            var newMax = max;
            for (var t = 0; t < count; t++)
            {
                var score = 0f;
                for (var d = 0; d < layout.HeadDim; d++)
                    score = MathF.FusedMultiplyAdd(q[d], Widen.At(keys, layout.Format, d, t), score);
                p[t] = score * scale;
                newMax = p[t] > newMax ? p[t] : newMax;
            }

            var correction = ScalarMath.Exp(max - newMax);
            max = newMax;
            for (var t = 0; t < KvPageLayout.Tokens; t++)
                p[t] = t < count ? ScalarMath.Exp(p[t] - max) : 0f;
            sum = MathF.FusedMultiplyAdd(sum, correction, ScalarSums.Sum(p, KvPageLayout.Tokens));

            for (var d = 0; d < layout.HeadDim; d++)
            {
                var (panel, column) = Math.DivRem(d, CpuPackedMatrix.PanelWidth);
                var panelValues = values + (panel * layout.ValuePanelBytes);
                var total = y[d] * correction;
                for (var t = 0; t < count; t++)
                    total = MathF.FusedMultiplyAdd(p[t], Widen.At(panelValues, layout.Format, t, column), total);
                y[d] = total;
            }
        }

        // Adding zero turns a negative zero positive: blocked kernels run masked terms of weight 0, which may do so earlier.
        for (var d = 0; d < layout.HeadDim; d++)
            y[d] = (y[d] / sum) + 0f;
    }
}
