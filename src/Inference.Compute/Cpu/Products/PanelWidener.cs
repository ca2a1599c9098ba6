using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>
/// Widens a block of a binary16 panel to float32 once for many tiles. bfloat16 needs no such help: its shift and mask cost less than the
/// loads they save.
/// </summary>
internal static unsafe class PanelWidener
{
    /// <summary>
    /// Copies <paramref name="steps"/> steps of 32 outputs to <paramref name="wide"/>, fetching the block at <paramref name="next"/> on the
    /// way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(byte* panel, byte* next, int steps, float* wide)
        where T : unmanaged, ISimd<T>
    {
        for (var k = 0; k < steps; k++)
        {
            if (Sse.IsSupported)
                Sse.Prefetch1(next);
            T.Store(Float16Panel.Low<T>(panel, 0), wide);
            T.Store(Float16Panel.High<T>(panel, 0), wide + CpuPackedMatrix.HalfPanel);
            panel += Float16Panel.StepBytes;
            next += Float16Panel.StepBytes;
            wide += CpuPackedMatrix.PanelWidth;
        }
    }

    /// <summary>The instance for a width.</summary>
    public static delegate*<byte*, byte*, int, float*, void> Select(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => &Run<Lanes512>,
        VectorWidth.Vector256 => &Run<Lanes256>,
        _ => &Run<Lanes128>,
    };
}
