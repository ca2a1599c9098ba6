using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Compute.Cpu;

/// <summary>4 floats in one 128-bit register.</summary>
internal readonly unsafe struct Simd128(Vector128<float> lanes) : ISimd<Simd128>
{
    private readonly Vector128<float> _lanes = lanes;

    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator +(Simd128 a, Simd128 b) => new(a._lanes + b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator -(Simd128 a, Simd128 b) => new(a._lanes - b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator *(Simd128 a, Simd128 b) => new(a._lanes * b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 operator /(Simd128 a, Simd128 b) => new(a._lanes / b._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128 value, float* destination) => value._lanes.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 FusedMultiplyAdd(Simd128 a, Simd128 b, Simd128 c) =>
        new(Vector128.FusedMultiplyAdd(a._lanes, b._lanes, c._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Abs(Simd128 a) => new(Vector128.Abs(a._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 SelectLess(Simd128 a, Simd128 b, Simd128 then, Simd128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._lanes, b._lanes), then._lanes, otherwise._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 ScaleByPowerOfTwo(Simd128 value, Simd128 shifted)
    {
        var exponent = shifted._lanes.AsInt32() - Vector128.Create(ExpConstants.RoundingShift).AsInt32();
        var half = exponent >> 1;
        return new(value._lanes * PowersOfTwo(half) * PowersOfTwo(exponent - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LowBFloat16(uint* words) => new((Vector128.Load(words) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 HighBFloat16(uint* words) => new((Vector128.Load(words) & Vector128.Create(0xFFFF0000u)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 LowFloat16(uint* words) => WidenFloat16(Vector128.Load(words) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 HighFloat16(uint* words) => WidenFloat16(Vector128.Load(words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Fold(Simd128 a) => a._lanes[0] + a._lanes[2] + (a._lanes[1] + a._lanes[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd128 a)
    {
        // Selections, not branches: which lane is larger cannot be predicted.
        a = Larger(a, Vector128.Shuffle(a._lanes, Vector128.Create(2, 3, 0, 1)));
        a = Larger(a, Vector128.Shuffle(a._lanes, Vector128.Create(1, 0, 3, 2)));
        return a._lanes.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd128 Larger(Simd128 a, Vector128<float> other) => SelectLess(a, new(other), new(other), a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowersOfTwo(Vector128<int> exponent) => ((exponent + Vector128.Create(127)) << 23).AsSingle();

    // The half stands in the upper sixteen bits; see Widen.Float16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd128 WidenFloat16(Vector128<uint> upper)
    {
        var magnitude = ((upper >>> 3) & Vector128.Create(0x0FFFE000u)).AsSingle() * Vector128.Create(Widen.HalfBias);
        return new((magnitude.AsUInt32() | (upper & Vector128.Create(0x80000000u))).AsSingle());
    }
}
