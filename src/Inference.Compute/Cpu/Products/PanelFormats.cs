using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>How a step (one k) of a panel is read: outputs [column, column + width) and the same 16 further on.</summary>
internal unsafe interface IPanelFormat
{
    /// <summary>Bytes from step to step.</summary>
    static abstract int StepBytes { get; }

    /// <summary>Outputs from <paramref name="column"/> on; column &lt; 16.</summary>
    static abstract T Low<T>(byte* step, int column)
        where T : unmanaged, ISimd<T>;

    /// <summary>Outputs from <paramref name="column"/> + 16 on.</summary>
    static abstract T High<T>(byte* step, int column)
        where T : unmanaged, ISimd<T>;
}

/// <summary>Panels of float32.</summary>
internal readonly unsafe struct SinglePanel : IPanelFormat
{
    public static int StepBytes => CpuPackedMatrix.PanelWidth * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Low<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.Load((float*)step + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T High<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.Load((float*)step + CpuPackedMatrix.HalfPanel + column);
}

/// <summary>Panels of bfloat16 in pairs.</summary>
internal readonly unsafe struct BFloat16Panel : IPanelFormat
{
    public static int StepBytes => CpuPackedMatrix.PanelWidth * sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Low<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.LowBFloat16((uint*)step + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T High<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.HighBFloat16((uint*)step + column);
}

/// <summary>Panels of binary16 in pairs.</summary>
internal readonly unsafe struct Float16Panel : IPanelFormat
{
    public static int StepBytes => CpuPackedMatrix.PanelWidth * sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Low<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.LowFloat16((uint*)step + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T High<T>(byte* step, int column)
        where T : unmanaged, ISimd<T> => T.HighFloat16((uint*)step + column);
}
