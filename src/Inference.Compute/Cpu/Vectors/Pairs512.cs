using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Compute.Cpu;

/// <summary>16 lanes of 32 bits in one 512-bit register.</summary>
internal readonly unsafe struct Pairs512(Vector512<int> lanes) : IPairs<Pairs512>
{
    private readonly Vector512<int> _lanes = lanes;

    public static int Width => 16;

    public static Pairs512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 Load(void* source) => new(Vector512.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Pairs512 value, void* destination) => value._lanes.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 Broadcast(uint bits) => new(Vector512.Create((int)bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 Fields(Pairs512 words, int left, int right) =>
        new(((words._lanes.AsInt16() << left) >> right).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 Dot(Pairs512 sum, Pairs512 a, Pairs512 b)
    {
        if (Avx512BW.IsSupported)
            return new(sum._lanes + Avx512BW.MultiplyAddAdjacent(a._lanes.AsInt16(), b._lanes.AsInt16()));
        var low = ((a._lanes << 16) >> 16) * ((b._lanes << 16) >> 16);
        return new(sum._lanes + low + ((a._lanes >> 16) * (b._lanes >> 16)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 LowScales(Pairs512 words) => new(words._lanes << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 HighScales(Pairs512 words) => new(words._lanes & Vector512.Create(-65536));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Pairs512 dots, Pairs512 scale, Pairs512 scales, float* sums)
    {
        var factors = scale._lanes.AsSingle() * scales._lanes.AsSingle();
        Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(dots._lanes), factors, Vector512.Load(sums)).Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pairs512 LargerMagnitude(Pairs512 a, Pairs512 floats) =>
        new(Vector512.Max(a._lanes, floats._lanes & Vector512.Create(int.MaxValue)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Pairs512 lanes) =>
        Pairs256.Largest(new(Vector256.Max(lanes._lanes.GetLower(), lanes._lanes.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuotients(Pairs512 floats, float scale, short* destination)
    {
        var rounded = Vector512.ConvertToInt32Native(Vector512.Round(floats._lanes.AsSingle() / Vector512.Create(scale)));
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(destination);
    }
}
