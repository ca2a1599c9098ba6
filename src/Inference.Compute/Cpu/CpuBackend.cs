namespace Inference.Compute.Cpu;

/// <summary>
/// The reference backend: packed panels, one chain of fused multiply-adds per output, and a thread team of its own. Operations have
/// finished when they return. Results have the same bits for every vector width and thread count.
/// </summary>
public sealed unsafe partial class CpuBackend : IBackend
{
    private const int CacheLine = 64;

    private readonly VectorWidth _width;
    private readonly ThreadTeam _team;
    private readonly Scratch _scratch;
    private readonly AttentionKernels _attention;
    private readonly VnniKernels? _vnni;

    /// <summary>Starts the thread team.</summary>
    public CpuBackend(CpuOptions? options = null)
    {
        options ??= new CpuOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        _width = options.VectorWidth ?? VectorWidths.Best;
        _team = new ThreadTeam(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
        _scratch = new Scratch(_team.Count);
        _attention = new AttentionKernels(_width);
        _vnni = options.AssembledKernels && _width == VectorWidth.Vector512 ? VnniKernels.Create() : null;
    }

    /// <inheritdoc/>
    public string Description =>
        $"cpu, {VectorWidths.Describe(_width)}{(_vnni is null ? "" : " with VNNI")}, {Threads} {(Threads == 1 ? "thread" : "threads")}";

    /// <summary>Whether assembled kernels are in use.</summary>
    public bool Assembles => _vnni is not null;

    /// <summary>Threads that share the work.</summary>
    public int Threads => _team.Count;

    /// <summary>The threads, for measurements.</summary>
    internal ThreadTeam Team => _team;

    /// <summary>Width of the vector registers in use.</summary>
    public VectorWidth VectorWidth => _width;

    /// <inheritdoc/>
    public Buffer<T> Allocate<T>(long length)
        where T : unmanaged => new CpuBuffer<T>(length);

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> source, Buffer<T> destination, long offset = 0)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        source.CopyTo(new Span<T>(Arguments.Pointer(destination, offset + source.Length, nameof(destination)) + offset, source.Length));
    }

    /// <inheritdoc/>
    public void Download<T>(Buffer<T> source, long offset, Span<T> destination)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var first = Arguments.Pointer(source, offset + destination.Length, nameof(source)) + offset;
        new ReadOnlySpan<T>(first, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        // Every operation has finished when it returns.
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No source, different column counts, or integers without scales.</exception>
    /// <exception cref="InvalidDataException">A source that is stored as F16, or becomes F16 or integers, holds a number that is not finite
    /// there.</exception>
    public PackedMatrix Pack(ReadOnlySpan<WeightSource> sources, NumberFormat format)
    {
        Arguments.Require(sources.Length > 0, "At least one source was expected.", nameof(sources));
        var outputs = 0;
        foreach (var source in sources)
        {
            if (source.Address == 0 || source.Rows < 1 || source.Columns < 1 || source.Columns != sources[0].Columns)
                throw new ArgumentException($"Sources of {sources[0].Columns} columns were expected, found {source}.", nameof(sources));
            if (source.Format.IsQuantized() && source.Blocks == BlockFormat.None && !IsGrouped(source))
                throw new ArgumentException(
                    $"Numbers, blocks or groups with scales were expected, found {source.Format}.", nameof(sources));
            if (source.Columns % source.Blocks.Numbers() != 0 || (source.PairedHeadDim > 0 && source.Rows % source.PairedHeadDim != 0))
                throw new ArgumentException($"Whole blocks and whole heads were expected, found {source}.", nameof(sources));
            outputs = checked(outputs + source.Rows);
        }

        var packed = new CpuPackedMatrix(outputs, sources[0].Columns, format);
        try
        {
            PanelPacker.Pack(_team, sources, packed);
            return packed;
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    // Halves of bytes come in twos, so that every row begins with a byte.
    private static bool IsGrouped(WeightSource source) =>
        source.Scales != 0 && (source.Offsets != 0) == source.Format.HasOffset()
        && source.ScaleFormat is NumberFormat.BF16 or NumberFormat.F16
        && (source.Format == NumberFormat.Int8 || source.Columns % 2 == 0);

    /// <inheritdoc/>
    public string PackedLayout => CpuPackedMatrix.Layout;

    /// <inheritdoc/>
    public int PackedAlignment => CpuPackedMatrix.Alignment;

    /// <inheritdoc/>
    public long PackedBytes(int outputs, int inputs, NumberFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        return CpuPackedMatrix.BytesOf(outputs, inputs, format);
    }

    /// <inheritdoc/>
    public PackedMatrix Adopt(nint address, int outputs, int inputs, NumberFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNotEqual(address % CacheLine, 0, nameof(address));
        _ = PackedBytes(outputs, inputs, format);
        return new CpuPackedMatrix(outputs, inputs, format, (byte*)address);
    }

    /// <inheritdoc/>
    public long KvPageBytes(KvGeometry geometry) => new KvPageLayout(geometry).PageBytes;

    /// <inheritdoc/>
    public KvPool CreateKvPool(KvGeometry geometry, int pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pages);
        ArgumentOutOfRangeException.ThrowIfLessThan(geometry.KvHeads, 1, nameof(geometry));
        ArgumentOutOfRangeException.ThrowIfLessThan(geometry.HeadDim, 1, nameof(geometry));
        if (geometry.Format is not (NumberFormat.F32 or NumberFormat.BF16))
            throw new ArgumentException($"Keys and values in F32 or BF16 were expected, found {geometry.Format}.", nameof(geometry));
        return new CpuKvPool(geometry, pages);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        _scratch.Dispose();
        _attention.Dispose();
        _vnni?.Dispose();
    }
}
