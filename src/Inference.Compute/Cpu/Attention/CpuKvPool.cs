namespace Inference.Compute.Cpu;

/// <summary>
/// Pages of 32 tokens. A page holds per KV head K transposed, [headDim][32], so that a register holds one dimension of many tokens, then
/// per KV head V in panels like those of weights, [headDim / 32 rounded up][32][32]; the padding stays zero. Runs of 32 numbers are stored
/// as those of weights in the same format are, see <see cref="CpuPackedMatrix"/>.
/// </summary>
internal sealed unsafe class CpuKvPool : KvPool
{
    private readonly NativeBlock _block;

    public CpuKvPool(KvGeometry geometry, int pages)
        : base(geometry, pages)
    {
        Layout = new KvPageLayout(geometry);
        _block = new NativeBlock(checked(pages * PageBytes));
    }

    /// <summary>Where numbers stand in a page.</summary>
    public KvPageLayout Layout { get; }

    /// <inheritdoc/>
    public override long PageBytes => Layout.PageBytes;

    /// <summary>First byte of page 0.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public byte* Base
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block.Address is null, this);
            return _block.Address;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _block.Dispose();
}

/// <summary>Offsets within a page, in bytes.</summary>
internal readonly struct KvPageLayout(KvGeometry geometry)
{
    /// <summary>Tokens of a page.</summary>
    public const int Tokens = KvGeometry.PageSize;

    /// <summary>Width of a head.</summary>
    public readonly int HeadDim = geometry.HeadDim;

    /// <summary>KV heads.</summary>
    public readonly int KvHeads = geometry.KvHeads;

    /// <summary>How numbers are held.</summary>
    public readonly NumberFormat Format = geometry.Format;

    /// <summary>Panels of V per head.</summary>
    public readonly int ValuePanels = (geometry.HeadDim + CpuPackedMatrix.PanelWidth - 1) / CpuPackedMatrix.PanelWidth;

    /// <summary>Bytes of 32 numbers: one dimension of K, or a token's part of a panel of V.</summary>
    public readonly int RunBytes = CpuPackedMatrix.PanelWidth * geometry.Format.Bytes();

    /// <summary>Bytes of one panel of V.</summary>
    public int ValuePanelBytes => Tokens * RunBytes;

    /// <summary>Bytes of a page.</summary>
    public long PageBytes => (long)KvHeads * RunBytes * (HeadDim + ((long)ValuePanels * Tokens));

    /// <summary>K of a head: [headDim][32].</summary>
    public long KeyOffset(int kvHead) => (long)kvHead * HeadDim * RunBytes;

    /// <summary>V of a head: [panels][32][32].</summary>
    public long ValueOffset(int kvHead) => ((long)KvHeads * HeadDim * RunBytes) + ((long)kvHead * ValuePanels * ValuePanelBytes);
}
