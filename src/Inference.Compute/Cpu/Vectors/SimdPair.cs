using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Two vectors that act as one of twice the width: sixteen lanes in registers of eight or four.</summary>
internal readonly unsafe struct SimdPair<T>(T low, T high) : ISimd<SimdPair<T>>
    where T : unmanaged, ISimd<T>
{
    private readonly T _low = low;
    private readonly T _high = high;

    public static int Width => 2 * T.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> operator +(SimdPair<T> a, SimdPair<T> b) => new(a._low + b._low, a._high + b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> operator -(SimdPair<T> a, SimdPair<T> b) => new(a._low - b._low, a._high - b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> operator *(SimdPair<T> a, SimdPair<T> b) => new(a._low * b._low, a._high * b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> operator /(SimdPair<T> a, SimdPair<T> b) => new(a._low / b._low, a._high / b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> Broadcast(float value) => new(T.Broadcast(value), T.Broadcast(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> Load(float* source) => new(T.Load(source), T.Load(source + T.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(SimdPair<T> value, float* destination)
    {
        T.Store(value._low, destination);
        T.Store(value._high, destination + T.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> FusedMultiplyAdd(SimdPair<T> a, SimdPair<T> b, SimdPair<T> c) =>
        new(T.FusedMultiplyAdd(a._low, b._low, c._low), T.FusedMultiplyAdd(a._high, b._high, c._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> Abs(SimdPair<T> a) => new(T.Abs(a._low), T.Abs(a._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> SelectLess(SimdPair<T> a, SimdPair<T> b, SimdPair<T> then, SimdPair<T> otherwise) =>
        new(T.SelectLess(a._low, b._low, then._low, otherwise._low), T.SelectLess(a._high, b._high, then._high, otherwise._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> ScaleByPowerOfTwo(SimdPair<T> value, SimdPair<T> shifted) =>
        new(T.ScaleByPowerOfTwo(value._low, shifted._low), T.ScaleByPowerOfTwo(value._high, shifted._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> LowBFloat16(uint* words) => new(T.LowBFloat16(words), T.LowBFloat16(words + T.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> HighBFloat16(uint* words) => new(T.HighBFloat16(words), T.HighBFloat16(words + T.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> LowFloat16(uint* words) => new(T.LowFloat16(words), T.LowFloat16(words + T.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdPair<T> HighFloat16(uint* words) => new(T.HighFloat16(words), T.HighFloat16(words + T.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(SimdPair<T> a) => T.Fold(a._low + a._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(SimdPair<T> a) => T.Largest(T.SelectLess(a._low, a._high, a._high, a._low));
}
