using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>16 floats in one 512-bit register.</summary>
internal readonly unsafe struct Simd512(Vector512<float> lanes) : ISimd<Simd512>
{
    private readonly Vector512<float> _lanes = lanes;

    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator +(Simd512 a, Simd512 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator -(Simd512 a, Simd512 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator *(Simd512 a, Simd512 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator /(Simd512 a, Simd512 b) => new(a._lanes / b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512 value, float* destination) => value._lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 FusedMultiplyAdd(Simd512 a, Simd512 b, Simd512 c) =>
        new(Vector512.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Abs(Simd512 a) => new(Vector512.Abs(a._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 SelectLess(Simd512 a, Simd512 b, Simd512 then, Simd512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._lanes, b._lanes), then._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 ScaleByPowerOfTwo(Simd512 value, Simd512 shifted)
    {
        // One instruction where there is one: the first of two factors never rounds, so the bits are the same.
        if (Avx512F.IsSupported)
            return new(Avx512F.Scale(value._lanes, shifted._lanes - Vector512.Create(ExpConstants.RoundingShift)));
        var exponent = shifted._lanes.AsInt32() - Vector512.Create(ExpConstants.RoundingShift).AsInt32();
        var half = exponent >> 1;
        return new(value._lanes * PowersOfTwo(half) * PowersOfTwo(exponent - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LowBFloat16(uint* words) => new((Vector512.Load(words) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 HighBFloat16(uint* words) => new((Vector512.Load(words) & Vector512.Create(0xFFFF0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LowFloat16(uint* words) => WidenFloat16(Vector512.Load(words) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 HighFloat16(uint* words) => WidenFloat16(Vector512.Load(words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Simd512 a) => Simd256.Fold(new(a._lanes.GetLower() + a._lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd512 a)
    {
        var (lower, upper) = (new Simd256(a._lanes.GetLower()), new Simd256(a._lanes.GetUpper()));
        return Simd256.Largest(Simd256.SelectLess(lower, upper, upper, lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowersOfTwo(Vector512<int> exponent) => ((exponent + Vector512.Create(127)) << 23).AsSingle();

    // The half stands in the upper sixteen bits; see Widen.Float16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd512 WidenFloat16(Vector512<uint> upper)
    {
        var magnitude = ((upper >>> 3) & Vector512.Create(0x0FFFE000u)).AsSingle() * Vector512.Create(Widen.HalfBias);
        return new((magnitude.AsUInt32() | (upper & Vector512.Create(0x80000000u))).AsSingle());
    }
}
