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

    private readonly NativeBlock _block;

    public CpuPackedMatrix(int outputs, int inputs, NumberFormat format)
        : base(outputs, inputs, format)
    {
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        PanelBytes = format.IsQuantized()
            ? (long)GroupLayout.Groups(inputs) * GroupLayout.Bytes(format)
            : (long)inputs * PanelWidth * format.Bytes();
        _block = new NativeBlock(checked(Panels * PanelBytes));
    }

    /// <summary>Number of panels.</summary>
    public int Panels { get; }

    /// <summary>Bytes from panel to panel.</summary>
    public long PanelBytes { get; }

    /// <inheritdoc/>
    public override long Bytes => Panels * PanelBytes;

    /// <summary>First byte of a panel.</summary>
    public byte* Panel(int panel) => Base + (panel * PanelBytes);

    /// <summary>First byte of panel 0.</summary>
    /// <exception cref="ObjectDisposedException">The weights were disposed.</exception>
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
