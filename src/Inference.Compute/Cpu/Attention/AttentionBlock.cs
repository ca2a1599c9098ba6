using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Attention of a block of query rows times the heads of one KV head: tiles of rows share every load of keys and values, and a page of both
/// stays in the first-level cache while the tiles pass over it. A row's arithmetic is that of <see cref="AttentionScalar"/>.
/// </summary>
internal static unsafe class AttentionBlock
{
    /// <summary>Floats of scratch for <paramref name="rows"/> query rows (of one head each).</summary>
    public static long ScratchFloats(KvPageLayout layout, int rows)
    {
        var width = layout.ValuePanels * CpuPackedMatrix.PanelWidth;
        return ((long)rows * (layout.HeadDim + width + 2)) + (MicroKernels.MostRows * KvPageLayout.Tokens);
    }

    /// <summary>Attends with query rows [first, first + count) of a segment and all heads of <paramref name="kvHead"/>.</summary>
    /// <param name="job">The operation.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="first">First row within the segment.</param>
    /// <param name="count">Rows.</param>
    /// <param name="kvHead">KV head.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> floats on a cache line.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(AttentionJob* job, AttentionSegment segment, int first, int count, int kvHead, float* scratch)
        where T : unmanaged, ISimd<T>
    {
        var layout = job->Layout;
        var group = job->Group;
        var rows = count * group;
        var width = layout.ValuePanels * CpuPackedMatrix.PanelWidth;

        // weights: [tile rows, 32]; outputs: [rows, width]; queries: tiles of [headDim, tile rows]; row r = query row r / group, head r %
        // group
        var weights = scratch;
        var outputs = weights + (MicroKernels.MostRows * KvPageLayout.Tokens);
        var queries = outputs + ((long)rows * width);
        var maxima = queries + ((long)rows * layout.HeadDim);
        var sums = maxima + rows;
        PackQueries(job, segment.FirstRow + first, rows, kvHead, queries);
        new Span<float>(outputs, rows * width).Clear();
        new Span<float>(sums, rows).Clear();
        new Span<float>(maxima, rows).Fill(float.NegativeInfinity);

        var visible = segment.VisibleTo(first + count - 1);
        var pages = job->PageTable + segment.FirstPage;
        for (var start = 0; start < visible; start += KvPageLayout.Tokens)
        {
            var page = job->Pool + (*pages++ * layout.PageBytes);
            var keys = page + layout.KeyOffset(kvHead);
            var values = page + layout.ValueOffset(kvHead);
            // The first tile fetches the next page while it works on this one.
            var nextPage = start + KvPageLayout.Tokens < visible ? (*pages - pages[-1]) * layout.PageBytes : 0;
            for (var row = 0; row < rows; row += job->TileRows)
            {
                var tileRows = Math.Min(job->TileRows, rows - row);
                // Slots seen by the last row of the tile, which sees most.
                var seen = Math.Min(segment.VisibleTo(first + ((row + tileRows - 1) / group)) - start, KvPageLayout.Tokens);
                if (seen <= 0)
                    continue;
                var ahead = row == 0 ? nextPage : 0;
                var tileQueries = queries + ((long)row * layout.HeadDim);
                var kernel = job->Scores[tileRows];
                for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += job->TileColumns)
                    kernel(tileQueries, keys, ahead, layout.HeadDim, column, weights, KvPageLayout.Tokens, false);

                var tileOutputs = outputs + ((long)row * width);
                for (var r = 0; r < tileRows; r++)
                {
                    var rowSees = segment.VisibleTo(first + ((row + r) / group)) - start;
                    var scores = weights + (r * KvPageLayout.Tokens);
                    if (rowSees <= 0)
                        new Span<float>(scores, KvPageLayout.Tokens).Clear();
                    else
                        Weigh<T>(scores, rowSees, job->Scale, maxima + row + r, sums + row + r, tileOutputs + ((long)r * width), width);
                }

                kernel = job->Values[tileRows];
                for (var panel = 0; panel < layout.ValuePanels; panel++)
                {
                    var panelValues = values + (panel * layout.ValuePanelBytes);
                    var panelOutputs = tileOutputs + (panel * CpuPackedMatrix.PanelWidth);
                    for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += job->TileColumns)
                        kernel(weights, panelValues, ahead, seen, column, panelOutputs, width, true);
                }
            }
        }

        for (var row = 0; row < rows; row++)
        {
            var y = job->Y.Row(segment.FirstRow + first + (row / group)) + (((kvHead * group) + (row % group)) * layout.HeadDim);
            Normalise<T>(outputs + ((long)row * width), sums[row], y, layout.HeadDim);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackQueries(AttentionJob* job, int firstRow, int rows, int kvHead, float* queries)
    {
        var headDim = job->Layout.HeadDim;
        for (var tile = 0; tile < rows; tile += job->TileRows)
        {
            var tileRows = Math.Min(job->TileRows, rows - tile);
            for (var r = 0; r < tileRows; r++)
            {
                var row = tile + r;
                var q = job->Q.Row(firstRow + (row / job->Group)) + (((kvHead * job->Group) + (row % job->Group)) * headDim);
                var packed = queries + ((long)tile * headDim) + r;
                for (var d = 0; d < headDim; d++, packed += tileRows)
                    *packed = q[d];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh<T>(float* scores, int seen, float scale, float* max, float* sum, float* outputs, int width)
        where T : unmanaged, ISimd<T>
    {
        var correction = PageSoftmax.Step<T>(scores, seen, scale, max, sum);
        // A factor of one changes no bit.
        if (correction == 1f)
            return;
        var factor = T.Broadcast(correction);
        for (var i = 0; i < width; i += T.Width)
            T.Store(T.Load(outputs + i) * factor, outputs + i);
    }

    // Adding zero turns a negative zero positive, see AttentionScalar.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise<T>(float* outputs, float sum, float* y, int headDim)
        where T : unmanaged, ISimd<T>
    {
        var divisor = T.Broadcast(sum);
        var i = 0;
        for (; i <= headDim - T.Width; i += T.Width)
            T.Store((T.Load(outputs + i) / divisor) + T.Broadcast(0f), y + i);
        for (; i < headDim; i++)
            y[i] = (outputs[i] / sum) + 0f;
    }
}
