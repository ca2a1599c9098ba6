using Inference.Compute;
using Inference.Models.Vision;

namespace Inference.Models.Loading;

/// <summary>
/// A vision tower with projector of a given shape and seeded random weights, to be measured without a checkpoint; see
/// <see cref="RandomDecoder"/>.
/// </summary>
public static class RandomVision
{
    /// <summary>CLIP ViT-L/14 at 336 pixels up to its last block but one: the tower of LLaVA-1.5 and LLaVA-NeXT.</summary>
    public static VisionShape ClipLarge { get; } = new()
    {
        Width = 1024,
        Intermediate = 4096,
        Heads = 16,
        NormEpsilon = 1e-5f,
        Activation = Activation.QuickGelu,
        ImageSize = 336,
        PatchSize = 14,
        ClassToken = true,
    };

    /// <summary>Blocks of <see cref="ClipLarge"/> that LLaVA uses.</summary>
    public const int ClipLargeBlocks = 23;

    /// <summary>Fills and packs one matrix at a time. Tiles are packed as in LLaVA-NeXT.</summary>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="shape">Sizes of the tower.</param>
    /// <param name="blocks">Its blocks, the last of which gives the features.</param>
    /// <param name="decoderWidth">Width of the rows for the decoder.</param>
    /// <param name="format">How the matrices are held.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static VisionEncoder Create(IBackend backend, VisionShape shape, int blocks, int decoderWidth, NumberFormat format, int seed = 0)
    {
        var weights = new RandomMatrices(backend, format, seed);
        var layers = new VisionLayer[blocks];
        for (var i = 0; i < blocks; i++)
        {
            layers[i] = new VisionLayer
            {
                AttentionNorm = Norm(),
                QueryKeyValue = Plain(3 * shape.Width, shape.Width),
                Output = Plain(shape.Width, shape.Width),
                FeedForwardNorm = Norm(),
                Up = Plain(shape.Intermediate, shape.Width),
                Down = Plain(shape.Width, shape.Intermediate),
            };
        }

        var positions = new Matrix(weights.Ones(shape.Tokens * shape.Width), shape.Tokens, shape.Width);
        Matrix? classToken = shape.ClassToken ? new Matrix(weights.Ones(shape.Width), 1, shape.Width) : null;
        var tower = new VisionTower(
            backend, shape, Plain(shape.Width, shape.PatchLength), classToken, positions, shape.ClassToken ? Norm() : null, layers);
        var projector = new Projector(backend, Plain(decoderWidth, shape.Width), Activation.Gelu, Plain(decoderWidth, decoderWidth));
        return new VisionEncoder(
            backend, tower, new FeatureSelection([blocks], DropFirstRow: shape.ClassToken), projector,
            new Matrix(weights.Ones(decoderWidth), 1, decoderWidth));

        Linear Plain(int outputs, int inputs) => new(weights.Matrix(outputs, inputs), Bias: null);

        LayerNormWeights Norm() => new(weights.Ones(shape.Width), weights.Zeros(shape.Width));
    }
}
