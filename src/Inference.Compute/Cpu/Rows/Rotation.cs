using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Turns heads by the angles of their row's position; cosines, sines: [positions, headDim / 2].</summary>
internal readonly unsafe struct Rotation(VectorWidth width, int headDim, int* positions, float* cosines, float* sines)
{
    private readonly delegate*<float*, float*, float*, int, void> _head = width switch
    {
        VectorWidth.Vector512 => &Head<Simd512>,
        VectorWidth.Vector256 => &Head<Simd256>,
        VectorWidth.Vector128 => &Head<Simd128>,
        _ => &ScalarHead,
    };

    /// <summary>Turns consecutive heads of a row in place.</summary>
    public void Turn(float* x, int heads, int row)
    {
        var half = headDim / 2;
        var angle = (long)positions[row] * half;
        for (var head = 0; head < heads; head++, x += headDim)
            _head(x, cosines + angle, sines + angle, half);
    }

    // One head as a plain loop: (a, b) becomes (a cos − b sin, b cos + a sin).
    private static void ScalarHead(float* x, float* cosines, float* sines, int half) => Tail(x, cosines, sines, half, 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Head<T>(float* x, float* cosines, float* sines, int half)
        where T : unmanaged, ISimd<T>
    {
        var i = 0;
        for (; i <= half - T.Width; i += T.Width)
        {
            var (a, b) = (T.Load(x + i), T.Load(x + half + i));
            var (cos, sin) = (T.Load(cosines + i), T.Load(sines + i));
            T.Store(T.FusedMultiplyAdd(a, cos, T.Broadcast(-0f) - (b * sin)), x + i);
            T.Store(T.FusedMultiplyAdd(b, cos, a * sin), x + half + i);
        }

        Tail(x, cosines, sines, half, i);
    }

    private static void Tail(float* x, float* cosines, float* sines, int half, int i)
    {
        for (; i < half; i++)
        {
            var (a, b) = (x[i], x[i + half]);
            x[i] = MathF.FusedMultiplyAdd(a, cosines[i], -(b * sines[i]));
            x[i + half] = MathF.FusedMultiplyAdd(b, cosines[i], a * sines[i]);
        }
    }
}
