using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>The assembled instances of <see cref="VnniKernel"/> by format and rows of a tile.</summary>
internal sealed unsafe class VnniKernels : IDisposable
{
    private readonly ExecutableMemory _code;
    private readonly int[] _starts;

    private VnniKernels(ExecutableMemory code, int[] starts) => (_code, _starts) = (code, starts);

    /// <summary>Assembles all instances; null where the processor or the system does not run them.</summary>
    public static VnniKernels? Create()
    {
        if (!IsSupported)
            return null;
        var assembler = new EvexAssembler();
        var starts = new int[2 * VnniKernel.MostRows];
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = assembler.Position;
            VnniKernel.Write(assembler, i < VnniKernel.MostRows ? NumberFormat.Int8 : NumberFormat.Int4, (i % VnniKernel.MostRows) + 1);
        }

        return ExecutableMemory.Create(assembler.Code) is { } code ? new VnniKernels(code, starts) : null;
    }

    /// <summary>Whether there are instances for a format: those of integers without offsets.</summary>
    public static bool Take(NumberFormat format) => format.IsQuantized() && !format.HasOffset();

    /// <summary>The function for tiles of <paramref name="rows"/> rows.</summary>
    public VnniTile Tile(NumberFormat format, int rows) =>
        (VnniTile)(_code.Address + _starts[(format == NumberFormat.Int8 ? 0 : VnniKernel.MostRows) + rows - 1]);

    /// <inheritdoc/>
    public void Dispose() => _code.Dispose();

    // That the runtime uses 512-bit registers says that the system saves them; the instructions are bit 11 of ecx of leaf 7.
    private static bool IsSupported =>
        Avx512F.IsSupported && X86Base.X64.IsSupported && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
