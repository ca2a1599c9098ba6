namespace Inference.Compute.Cpu;

/// <summary>The kernels of attention for one vector width, looked up once.</summary>
internal sealed unsafe class AttentionKernels : IDisposable
{
    private const int Entries = MicroKernels.MostRows + 1;
    private readonly NativeBlock _table = new(4L * Entries * sizeof(nint));

    public AttentionKernels(VectorWidth width)
    {
        TileRows = MicroKernels.Rows(width);
        TileColumns = MicroKernels.Columns(width);
        foreach (var format in (ReadOnlySpan<NumberFormat>)[NumberFormat.F32, NumberFormat.BF16])
        {
            for (var rows = 1; rows <= TileRows; rows++)
            {
                Scores(format)[rows] = MicroKernels.Packed(width, format, rows);
                Values(format)[rows] = MicroKernels.Page(width, format, rows);
            }
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

    /// <summary>Queries times keys of a format, by rows of the tile.</summary>
    public TileKernel* Scores(NumberFormat format) => (TileKernel*)_table.Address + (format == NumberFormat.BF16 ? 2 * Entries : 0);

    /// <summary>Weights times values of a format, by rows of the tile.</summary>
    public TileKernel* Values(NumberFormat format) => Scores(format) + Entries;

    /// <summary>One block of query rows.</summary>
    public delegate*<AttentionJob*, AttentionSegment, int, int, int, float*, void> Block { get; }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
