using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>Builds rotary tables.</summary>
internal static class RotaryTables
{
    /// <summary>
    /// Tabulates positions [0, <paramref name="positions"/>). Angles are float32 products, as in transformers; their cosines are rounded
    /// once.
    /// </summary>
    public static RotaryTable Build(IBackend backend, RopeScaling scaling, int headDim, int positions)
    {
        var frequencies = scaling.InverseFrequencies(headDim);
        var half = frequencies.Length;
        var cosines = new float[(long)positions * half];
        var sines = new float[cosines.LongLength];
        for (var position = 0; position < positions; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var (sine, cosine) = Math.SinCos((float)position * frequencies[i]);
                cosines[(position * half) + i] = (float)cosine;
                sines[(position * half) + i] = (float)sine;
            }
        }

        return new RotaryTable(Store(backend, cosines), Store(backend, sines), positions, half);
    }

    private static Buffer<float> Store(IBackend backend, float[] values)
    {
        var buffer = backend.Allocate<float>(values.LongLength);
        backend.Upload<float>(values, buffer);
        return buffer;
    }
}
