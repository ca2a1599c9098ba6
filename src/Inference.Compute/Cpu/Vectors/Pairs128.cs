using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>4 lanes of 32 bits in one 128-bit register.</summary>
internal readonly unsafe struct Pairs128(Vector128<int> lanes) : IPairs<Pairs128>
{
    private readonly Vector128<int> _lanes = lanes;

    public static int Width => 4;

    public static Pairs128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 Load(void* source) => new(Vector128.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Pairs128 value, void* destination) => value._lanes.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 Broadcast(uint bits) => new(Vector128.Create((int)bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 Fields(Pairs128 words, int left, int right) =>
        new(((words._lanes.AsInt16() << left) >> right).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 Dot(Pairs128 sum, Pairs128 a, Pairs128 b)
    {
        if (AvxVnni.IsSupported)
            return new(AvxVnni.MultiplyWideningAndAdd(sum._lanes, a._lanes.AsInt16(), b._lanes.AsInt16()));
        if (Sse2.IsSupported)
            return new(sum._lanes + Sse2.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));
        var low = ((a._lanes << 16) >> 16) * ((b._lanes << 16) >> 16);
        return new(sum._lanes + low + ((a._lanes >> 16) * (b._lanes >> 16)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 LowScales(Pairs128 words) => new(words._lanes << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 HighScales(Pairs128 words) => new(words._lanes & Vector128.Create(-65536));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Pairs128 dots, Pairs128 scale, Pairs128 scales, float* sums)
    {
        var factors = scale._lanes.AsSingle() * scales._lanes.AsSingle();
        Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(dots._lanes), factors, Vector128.Load(sums)).Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs128 LargerMagnitude(Pairs128 a, Pairs128 floats) =>
        new(Vector128.Max(a._lanes, floats._lanes & Vector128.Create(int.MaxValue)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Pairs128 lanes)
    {
        var pairs = Vector128.Max(lanes._lanes, Vector128.Shuffle(lanes._lanes, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(pairs[0], pairs[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuotients(Pairs128 floats, float scale, short* destination)
    {
        var rounded = Vector128.ConvertToInt32Native(Vector128.Round(floats._lanes.AsSingle() / Vector128.Create(scale)));
        Vector128.Narrow(rounded, rounded).GetLower().Store(destination);
    }
}
