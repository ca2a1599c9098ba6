using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>Width of the vector registers that kernels use. Results have the same bits at every width.</summary>
public enum VectorWidth
{
    /// <summary>Plain loops: the reference that the vector kernels are compared with.</summary>
    Scalar = 0,

    /// <summary>128-bit registers, 4 floats.</summary>
    Vector128 = 128,

    /// <summary>256-bit registers, 8 floats.</summary>
    Vector256 = 256,

    /// <summary>512-bit registers, 16 floats.</summary>
    Vector512 = 512,
}

/// <summary>What this processor offers.</summary>
internal static class VectorWidths
{
    /// <summary>The widest registers with fused multiply-add.</summary>
    public static VectorWidth Best
    {
        get
        {
            if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
                return VectorWidth.Vector512;
            if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
                return VectorWidth.Vector256;
            return Vector128.IsHardwareAccelerated ? VectorWidth.Vector128 : VectorWidth.Scalar;
        }
    }

    /// <summary>The name of a width with its instruction set, for people.</summary>
    public static string Describe(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => "Vector512 (AVX-512F)",
        VectorWidth.Vector256 => "Vector256 (FMA3)",
        VectorWidth.Vector128 => "Vector128",
        _ => "scalar",
    };
}
