using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>8 lanes of 32 bits in one 256-bit register.</summary>
internal readonly unsafe struct Pairs256(Vector256<int> lanes) : IPairs<Pairs256>
{
    private readonly Vector256<int> _lanes = lanes;

    public static int Width => 8;

    public static Pairs256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 Load(void* source) => new(Vector256.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Pairs256 value, void* destination) => value._lanes.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 Broadcast(uint bits) => new(Vector256.Create((int)bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 Fields(Pairs256 words, int left, int right) =>
        new(((words._lanes.AsInt16() << left) >> right).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 Dot(Pairs256 sum, Pairs256 a, Pairs256 b)
    {
        if (AvxVnni.IsSupported)
            return new(AvxVnni.MultiplyWideningAndAdd(sum._lanes, a._lanes.AsInt16(), b._lanes.AsInt16()));
        if (Avx2.IsSupported)
            return new(sum._lanes + Avx2.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));
        var low = ((a._lanes << 16) >> 16) * ((b._lanes << 16) >> 16);
        return new(sum._lanes + low + ((a._lanes >> 16) * (b._lanes >> 16)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 LowScales(Pairs256 words) => new(words._lanes << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 HighScales(Pairs256 words) => new(words._lanes & Vector256.Create(-65536));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Pairs256 dots, Pairs256 scale, Pairs256 scales, float* sums)
    {
        var factors = scale._lanes.AsSingle() * scales._lanes.AsSingle();
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(dots._lanes), factors, Vector256.Load(sums)).Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs256 LargerMagnitude(Pairs256 a, Pairs256 floats) =>
        new(Vector256.Max(a._lanes, floats._lanes & Vector256.Create(int.MaxValue)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Pairs256 lanes) =>
        Pairs128.Largest(new(Vector128.Max(lanes._lanes.GetLower(), lanes._lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuotients(Pairs256 floats, float scale, short* destination)
    {
        var rounded = Vector256.ConvertToInt32Native(Vector256.Round(floats._lanes.AsSingle() / Vector256.Create(scale)));
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(destination);
    }
}
