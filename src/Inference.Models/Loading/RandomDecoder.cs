using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Models.Loading;

/// <summary>
/// A decoder of a given shape with seeded random weights: speed depends on shapes, not on values, so that engines can be compared without a
/// checkpoint. Weights are uniform with a variance of 1 / inputs, which keeps activations of order one.
/// </summary>
public static class RandomDecoder
{
    /// <summary>Base of the rotary frequencies.</summary>
    internal const double RotaryTheta = 10000;

    /// <summary>What embeddings and vocabulary matrix, which are drawn apart from the blocks, add to the seed.</summary>
    internal const int VocabularySeed = 1;

    /// <summary>Fills and packs one matrix at a time.</summary>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="format">
    /// How the matrices are held; with Int4 the embeddings and the vocabulary matrix are Int8, as in a model that was loaded so.
    /// </param>
    /// <param name="contextLength">Positions to prepare for.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static Decoder Create(IBackend backend, DecoderShape shape, NumberFormat format, int contextLength, int seed = 0)
    {
        var weights = new RandomMatrices(backend, format, seed);
        var vocabulary = new RandomMatrices(backend, DecoderLoader.VocabularyFormat(format) ?? format, seed + VocabularySeed);
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
        var rotary = RotaryTables.Build(backend, new RopeScaling(RotaryTheta), shape.HeadDim, contextLength);
        return new Decoder(backend, shape, embedding, layers, weights.Ones(shape.Width), head, rotary);
    }
}
