using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Compute.Cpu;

/// <summary>8 floats in one 256-bit register.</summary>
internal readonly unsafe struct Simd256(Vector256<float> lanes) : ISimd<Simd256>
{
    private readonly Vector256<float> _lanes = lanes;

    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator +(Simd256 a, Simd256 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 a, Simd256 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator *(Simd256 a, Simd256 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator /(Simd256 a, Simd256 b) => new(a._lanes / b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256 value, float* destination) => value._lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 FusedMultiplyAdd(Simd256 a, Simd256 b, Simd256 c) =>
        new(Vector256.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Abs(Simd256 a) => new(Vector256.Abs(a._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 SelectLess(Simd256 a, Simd256 b, Simd256 then, Simd256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._lanes, b._lanes), then._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 ScaleByPowerOfTwo(Simd256 value, Simd256 shifted)
    {
        var exponent = shifted._lanes.AsInt32() - Vector256.Create(ExpConstants.RoundingShift).AsInt32();
        var half = exponent >> 1;
        return new(value._lanes * PowersOfTwo(half) * PowersOfTwo(exponent - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LowBFloat16(uint* words) => new((Vector256.Load(words) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 HighBFloat16(uint* words) => new((Vector256.Load(words) & Vector256.Create(0xFFFF0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LowFloat16(uint* words) => WidenFloat16(Vector256.Load(words) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 HighFloat16(uint* words) => WidenFloat16(Vector256.Load(words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Simd256 a) => Simd128.Fold(new(a._lanes.GetLower() + a._lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd256 a)
    {
        var (lower, upper) = (new Simd128(a._lanes.GetLower()), new Simd128(a._lanes.GetUpper()));
        return Simd128.Largest(Simd128.SelectLess(lower, upper, upper, lower));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowersOfTwo(Vector256<int> exponent) => ((exponent + Vector256.Create(127)) << 23).AsSingle();

    // The half stands in the upper sixteen bits; see Widen.Float16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd256 WidenFloat16(Vector256<uint> upper)
    {
        var magnitude = ((upper >>> 3) & Vector256.Create(0x0FFFE000u)).AsSingle() * Vector256.Create(Widen.HalfBias);
        return new((magnitude.AsUInt32() | (upper & Vector256.Create(0x80000000u))).AsSingle());
    }
}
