namespace Inference.Compute.Cpu;

/// <summary>What the parts of one attention operation share.</summary>
internal unsafe struct AttentionJob
{
    // Rows of a block: eight full tiles; their queries and outputs fit the second-level cache for any head width in use.
    private const int BlockRows = 96;

    /// <summary>[rows, heads × headDim]</summary>
    public RowView Q;

    /// <summary>[rows, heads × headDim]</summary>
    public RowView Y;

    /// <summary>The pool's pages.</summary>
    public byte* Pool;

    /// <summary>Layout of a page.</summary>
    public KvPageLayout Layout;

    /// <summary>Query rows by sequence.</summary>
    public AttentionSegment* Segments;

    /// <summary>Number of segments.</summary>
    public int SegmentCount;

    /// <summary>The layer's page table.</summary>
    public int* PageTable;

    /// <summary>Applied to each score.</summary>
    public float Scale;

    /// <summary>Query heads per KV head.</summary>
    public int Group;

    /// <summary>Rows of a full tile.</summary>
    public int TileRows;

    /// <summary>Columns of half a panel that a tile covers.</summary>
    public int TileColumns;

    /// <summary>Kernels of queries times keys by rows of the tile.</summary>
    public TileKernel* Scores;

    /// <summary>Kernels of weights times values by rows of the tile.</summary>
    public TileKernel* Values;

    /// <summary>Runs one block.</summary>
    public delegate*<AttentionJob*, AttentionSegment, int, int, int, float*, void> Block;

    /// <summary>Blocks of all segments and KV heads.</summary>
    public int Blocks;

    /// <summary>Parts the blocks are split into.</summary>
    public int Parts;

    /// <summary>Scratch of worker 0.</summary>
    public byte* Scratch;

    /// <summary>Bytes of scratch from worker to worker.</summary>
    public long ScratchStride;

    /// <summary>Query rows of a block.</summary>
    public readonly int RowsPerBlock => Math.Max(1, BlockRows / Group);

    /// <summary>Blocks of query rows of one segment.</summary>
    public readonly int BlocksOf(AttentionSegment segment) => (segment.RowCount + RowsPerBlock - 1) / RowsPerBlock;
}
