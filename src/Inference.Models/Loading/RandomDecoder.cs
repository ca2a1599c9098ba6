using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Models.Loading;

/// <summary>
/// A decoder of a given shape with seeded random weights: speed depends on shapes, not on values, so that engines can be compared without a checkpoint. Weights
/// are uniform with a variance of 1 / inputs, which keeps activations of order one.
/// </summary>
public static class RandomDecoder
{
    /// <summary>Fills and packs one matrix at a time.</summary>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="format">How the matrices are held; with Int4 the embeddings and the vocabulary matrix are Int8, as in a model that was loaded so.</param>
    /// <param name="contextLength">Positions to prepare for.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static Decoder Create(IBackend backend, DecoderShape shape, NumberFormat format, int contextLength, int seed = 0)
    {
        var weights = new RandomWeights(backend, format, seed);
        var vocabulary = new RandomWeights(backend, DecoderLoader.VocabularyFormat(format) ?? format, seed + 1);
        var embedding = vocabulary.Matrix(shape.Vocabulary, shape.Width);
        var layers = new DecoderLayer[shape.Layers];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = new DecoderLayer
            {
                AttentionNorm = weights.Ones(shape.Width),
                QueryKeyValue = weights.Matrix(shape.QueryKeyValueWidth, shape.Width),
                QueryKeyValueBias = null,
                Output = weights.Matrix(shape.Width, shape.QueryWidth),
                OutputBias = null,
                FeedForwardNorm = weights.Ones(shape.Width),
                GateUp = weights.Matrix(2 * shape.Intermediate, shape.Width),
                GateUpBias = null,
                Down = weights.Matrix(shape.Width, shape.Intermediate),
                DownBias = null,
            };
        }

        var head = vocabulary.Matrix(shape.Vocabulary, shape.Width);
        var rotary = RotaryTables.Build(backend, new RopeScaling(10000), shape.HeadDim, contextLength);
        return new Decoder(backend, shape, embedding, layers, weights.Ones(shape.Width), head, rotary);
    }

    private sealed class RandomWeights(IBackend backend, NumberFormat format, int seed)
    {
        private ulong _state = (ulong)seed;

        public Buffer<float> Ones(int length)
        {
            var values = new float[length];
            values.AsSpan().Fill(1);
            var buffer = backend.Allocate<float>(length);
            backend.Upload<float>(values, buffer);
            return buffer;
        }

        public unsafe PackedMatrix Matrix(int outputs, int inputs)
        {
            var count = (long)outputs * inputs;
            // What becomes integers is drawn as bfloat16.
            var source = format.IsQuantized() ? NumberFormat.BF16 : format;
            var memory = NativeMemory.Alloc((nuint)(count * source.Bytes()));
            try
            {
                Fill(memory, source, count, MathF.Sqrt(12f / inputs));
                return backend.Pack([new WeightSource((nint)memory, source, outputs, inputs)], format);
            }
            finally
            {
                NativeMemory.Free(memory);
            }
        }

        private unsafe void Fill(void* memory, NumberFormat source, long count, float range)
        {
            for (long i = 0; i < count; i++)
            {
                var value = (Next() - 0.5f) * range;
                switch (source)
                {
                    case NumberFormat.F32:
                        ((float*)memory)[i] = value;
                        break;
                    case NumberFormat.BF16:
                        ((ushort*)memory)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                        break;
                    default:
                        ((Half*)memory)[i] = (Half)value;
                        break;
                }
            }
        }

        // SplitMix64 (Steele, Lea and Flood 2014), upper 24 bits as [0, 1).
        private float Next()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 40) * (1f / (1 << 24));
        }
    }
}
