using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>One activation, for single numbers and for vectors, with the same bits.</summary>
internal interface IActivationFunction
{
    static abstract float Of(float x);

    static abstract T Of<T>(T x)
        where T : unmanaged, ISimd<T>;
}

internal readonly struct GeluFunction : IActivationFunction
{
    public static float Of(float x) => ScalarMath.Gelu(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : unmanaged, ISimd<T> => SimdMath.Gelu(x);
}

internal readonly struct GeluTanhFunction : IActivationFunction
{
    public static float Of(float x) => ScalarMath.GeluTanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : unmanaged, ISimd<T> => SimdMath.GeluTanh(x);
}

internal readonly struct QuickGeluFunction : IActivationFunction
{
    private const float Slope = 1.702f;

    public static float Of(float x) => ScalarMath.SigmoidUnit(x, Slope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : unmanaged, ISimd<T> => SimdMath.SigmoidUnit(x, Slope);
}

internal readonly struct SiluFunction : IActivationFunction
{
    public static float Of(float x) => ScalarMath.SigmoidUnit(x, 1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : unmanaged, ISimd<T> => SimdMath.SigmoidUnit(x, 1f);
}
