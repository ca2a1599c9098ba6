namespace Inference.Compute.Cpu;

/// <summary>The kernels of attention for one vector width, looked up once.</summary>
internal sealed unsafe class AttentionKernels : IDisposable
{
    private readonly NativeBlock _table = new(2L * (MicroKernels.MostRows + 1) * sizeof(nint));

    public AttentionKernels(VectorWidth width)
    {
        TileRows = MicroKernels.Rows(width);
        TileColumns = MicroKernels.Columns(width);
        Scores = (TileKernel*)_table.Address;
        Values = Scores + MicroKernels.MostRows + 1;
        for (var rows = 1; rows <= TileRows; rows++)
        {
            Scores[rows] = MicroKernels.Packed(width, NumberFormat.F32, rows);
            Values[rows] = MicroKernels.Page(width, rows);
        }

        Block = width switch
        {
            VectorWidth.Vector512 => &AttentionBlock.Run<Lanes512>,
            VectorWidth.Vector256 => &AttentionBlock.Run<Lanes256>,
            VectorWidth.Vector128 => &AttentionBlock.Run<Lanes128>,
            _ => &AttentionScalar.Block,
        };
    }

    /// <summary>Rows of a full tile.</summary>
    public int TileRows { get; }

    /// <summary>Columns of half a panel that a tile covers.</summary>
    public int TileColumns { get; }

    /// <summary>Queries times keys, by rows of the tile.</summary>
    public TileKernel* Scores { get; }

    /// <summary>Weights times values, by rows of the tile.</summary>
    public TileKernel* Values { get; }

    /// <summary>One block of query rows.</summary>
    public delegate*<AttentionJob*, AttentionSegment, int, int, int, float*, void> Block { get; }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
