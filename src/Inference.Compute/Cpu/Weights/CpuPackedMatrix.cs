namespace Inference.Compute.Cpu;

/// <summary>
/// Weights in panels of <see cref="PanelWidth"/> outputs, k-major: panel p is [Inputs][32], outputs past the end are zeros.
/// Two-byte formats store 16 words a step: word i holds output i in its low half and output i + 16 in its high half, so that one shift and
/// one mask widen a register into two. Quantised formats store groups of 32 steps; see <see cref="GroupLayout"/>.
/// </summary>
internal sealed unsafe class CpuPackedMatrix : PackedMatrix
{
    /// <summary>Outputs of a panel: two of the widest registers.</summary>
    public const int PanelWidth = 32;

    /// <summary>Words of a two-byte panel row; half of the outputs.</summary>
    public const int HalfPanel = PanelWidth / 2;

    /// <summary>
    /// Changes whenever the bytes of a panel would; the same for every vector width. A file of packed weights names it.
    /// </summary>
    public const string Layout = "cpu-panels32-1";

    // Panels begin on a cache line, and a matrix in a file begins where a huge page may.
    public const int Alignment = 2 << 20;

    private readonly NativeBlock? _block;
    private byte* _base;

    /// <summary>Zeroed panels in memory of their own.</summary>
    public CpuPackedMatrix(int outputs, int inputs, NumberFormat format)
        : this(outputs, inputs, format, null)
    {
        _block = new NativeBlock(Bytes);
        _base = _block.Address;
    }

    /// <summary>Panels that stand somewhere already.</summary>
    public CpuPackedMatrix(int outputs, int inputs, NumberFormat format, byte* panels)
        : base(outputs, inputs, format)
    {
        Panels = PanelsOf(outputs);
        PanelBytes = PanelBytesOf(inputs, format);
        _base = panels;
    }

    /// <summary>Number of panels.</summary>
    public int Panels { get; }

    /// <summary>Bytes from panel to panel.</summary>
    public long PanelBytes { get; }

    /// <inheritdoc/>
    public override long Bytes => checked(Panels * PanelBytes);

    /// <summary>First byte of a panel.</summary>
    public byte* Panel(int panel) => Base + (panel * PanelBytes);

    /// <summary>First byte of panel 0.</summary>
    /// <exception cref="ObjectDisposedException">The weights were disposed.</exception>
    public byte* Base
    {
        get
        {
            ObjectDisposedException.ThrowIf(_base is null, this);
            return _base;
        }
    }

    /// <summary>Bytes of a matrix.</summary>
    public static long BytesOf(int outputs, int inputs, NumberFormat format) => checked(PanelsOf(outputs) * PanelBytesOf(inputs, format));

    /// <inheritdoc/>
    public override void CopyTo(Stream stream)
    {
        for (var panel = 0; panel < Panels; panel++)
            stream.Write(new ReadOnlySpan<byte>(Panel(panel), checked((int)PanelBytes)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _block?.Dispose();
        _base = null;
    }

    private static int PanelsOf(int outputs) => (outputs + PanelWidth - 1) / PanelWidth;

    private static long PanelBytesOf(int inputs, NumberFormat format) => format.IsQuantized()
        ? (long)GroupLayout.Groups(inputs) * GroupLayout.Bytes(format)
        : (long)inputs * PanelWidth * format.Bytes();
}
