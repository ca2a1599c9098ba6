namespace Inference.Compute.Cpu;

/// <summary>Scaled dot-product attention over KV pages, one part a query row.</summary>
internal static unsafe class PagedAttention
{
    /// <summary>q, y: [rows, heads × headDim]; pageTable: the layer's part.</summary>
    public static void Run(
        ThreadTeam team, RowView q, CpuKvPool pool, AttentionSegment* segments, int segmentCount, int* pageTable, float scale, RowView y)
    {
        for (var s = 0; s < segmentCount; s++)
        {
            var job = new Job { Q = q, Y = y, Pool = pool.Base, Layout = pool.Layout, Segment = segments[s], PageTable = pageTable, Scale = scale };
            job.Heads = q.Columns / pool.Layout.HeadDim;
            team.Run(segments[s].RowCount, &ScalarRow, &job);
        }
    }

    private static void ScalarRow(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var headDim = job->Layout.HeadDim;
        var q = job->Q.Row(job->Segment.FirstRow + part);
        var y = job->Y.Row(job->Segment.FirstRow + part);
        var visible = job->Segment.VisibleTo(part);
        for (var head = 0; head < job->Heads; head++)
        {
            var kvHead = head * job->Layout.KvHeads / job->Heads;
            var pages = job->PageTable + job->Segment.FirstPage;
            AttentionScalar.Head(q + (head * headDim), job->Pool, job->Layout, kvHead, pages, visible, job->Scale, y + (head * headDim));
        }
    }

    private struct Job
    {
        public RowView Q;
        public RowView Y;
        public float* Pool;
        public KvPageLayout Layout;
        public AttentionSegment Segment;
        public int* PageTable;
        public int Heads;
        public float Scale;
    }
}
