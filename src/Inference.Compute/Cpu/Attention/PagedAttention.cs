namespace Inference.Compute.Cpu;

/// <summary>Scaled dot-product attention over KV pages; a block of query rows of one KV head is the unit of work.</summary>
internal static unsafe class PagedAttention
{
    // Multiply-adds below which handing work to another thread costs more than it saves.
    private const long SmallWork = 128 * 1024;

    /// <summary>q, y: [rows, heads × headDim]; pageTable: the layer's part.</summary>
    public static void Run(
        ThreadTeam team,
        Scratch scratch,
        AttentionKernels kernels,
        RowView q,
        CpuKvPool pool,
        AttentionSegment* segments,
        int segmentCount,
        int* pageTable,
        float scale,
        RowView y)
    {
        var layout = pool.Layout;
        var job = new AttentionJob
        {
            Q = q,
            Y = y,
            Pool = pool.Base,
            Layout = layout,
            Segments = segments,
            SegmentCount = segmentCount,
            PageTable = pageTable,
            Scale = scale,
            Group = q.Columns / layout.HeadDim / layout.KvHeads,
            TileRows = kernels.TileRows,
            TileColumns = kernels.TileColumns,
            Scores = kernels.Scores(layout.Format),
            Values = kernels.Values(layout.Format),
            Block = kernels.Block,
        };
        var work = 0L;
        for (var s = 0; s < segmentCount; s++)
        {
            job.Blocks += job.BlocksOf(segments[s]) * layout.KvHeads;
            work += (long)segments[s].RowCount * segments[s].Visible * q.Columns;
        }

        job.Parts = work < SmallWork ? Math.Min(job.Blocks, 1) : job.Blocks;
        job.Scratch = scratch.PerWorker(AttentionBlock.ScratchFloats(layout, job.RowsPerBlock * job.Group) * sizeof(float));
        job.ScratchStride = scratch.Stride;
        team.Run(job.Parts, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (AttentionJob*)argument;
        var scratch = (float*)(job->Scratch + (worker * job->ScratchStride));
        // The last rows of a causal segment see most: they go first, so that no thread is left with the longest block.
        part = job->Parts - 1 - part;
        var end = Partition.Start(job->Blocks, job->Parts, part + 1);
        for (var block = Partition.Start(job->Blocks, job->Parts, part); block < end; block++)
            RunBlock(job, block, scratch);
    }

    private static void RunBlock(AttentionJob* job, int block, float* scratch)
    {
        var segment = job->Segments;
        for (; block >= job->BlocksOf(*segment) * job->Layout.KvHeads; segment++)
            block -= job->BlocksOf(*segment) * job->Layout.KvHeads;
        var (rowBlock, kvHead) = Math.DivRem(block, job->Layout.KvHeads);
        var first = rowBlock * job->RowsPerBlock;
        job->Block(job, *segment, first, Math.Min(job->RowsPerBlock, segment->RowCount - first), kvHead, scratch);
    }
}
