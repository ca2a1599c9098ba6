namespace Inference.Compute.Cpu;

/// <summary>
/// Pages of 32 tokens. A page holds per KV head K transposed, [headDim][32], so that a register holds one dimension of many tokens, then
/// per KV head V in panels like those of weights, [headDim / 32 rounded up][32][32]; the padding stays zero.
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
    public override long PageBytes => Layout.PageFloats * sizeof(float);

    /// <summary>First float of page 0.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public float* Base
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block.Address is null, this);
            return (float*)_block.Address;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _block.Dispose();
}

/// <summary>Offsets within a page, in floats.</summary>
internal readonly struct KvPageLayout(KvGeometry geometry)
{
    /// <summary>Tokens of a page.</summary>
    public const int Tokens = KvGeometry.PageSize;

    /// <summary>Width of a head.</summary>
    public readonly int HeadDim = geometry.HeadDim;

    /// <summary>KV heads.</summary>
    public readonly int KvHeads = geometry.KvHeads;

    /// <summary>Panels of V per head.</summary>
    public readonly int ValuePanels = (geometry.HeadDim + CpuPackedMatrix.PanelWidth - 1) / CpuPackedMatrix.PanelWidth;

    /// <summary>Floats of one panel of V.</summary>
    public const int ValuePanelFloats = Tokens * CpuPackedMatrix.PanelWidth;

    /// <summary>Floats of a page.</summary>
    public long PageFloats => (long)KvHeads * Tokens * (HeadDim + ((long)ValuePanels * CpuPackedMatrix.PanelWidth));

    /// <summary>K of a head: [headDim][32].</summary>
    public long KeyOffset(int kvHead) => (long)kvHead * Tokens * HeadDim;

    /// <summary>V of a head: [panels][32][32].</summary>
    public long ValueOffset(int kvHead) => ((long)KvHeads * Tokens * HeadDim) + ((long)kvHead * ValuePanels * ValuePanelFloats);

    /// <summary>Dimension <paramref name="d"/> of token <paramref name="token"/> within V of a head.</summary>
    public static int ValueIndex(int token, int d) =>
        (d / CpuPackedMatrix.PanelWidth * ValuePanelFloats) + (token * CpuPackedMatrix.PanelWidth) + (d % CpuPackedMatrix.PanelWidth);
}
