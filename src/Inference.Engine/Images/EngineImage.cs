using Inference.Models.Imaging;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>
/// A preprocessed image that requests refer to. Many requests may share one: it is encoded once, and its rows live as long as somebody
/// holds a reference.
/// </summary>
public sealed class EngineImage
{
    private int _references = 1;
    private PixelValues? _pixels;

    internal EngineImage(PixelValues? pixels, ImagePlan plan, int rows, int encodedRows, ImageReduction? reduction)
    {
        (_pixels, Plan, Rows, EncodedRows, Reduction) = (pixels, plan, rows, encodedRows, reduction);
        Digest = pixels is null ? EngineImageDigest.Unique() : EngineImageDigest.Of(pixels, plan, reduction);
    }

    /// <summary>Sizes and box geometry.</summary>
    public ImagePlan Plan { get; }

    /// <summary>Rows that stand for the image in a prompt.</summary>
    public int Rows { get; }

    /// <summary>By what its rows are recognised in the KV cache.</summary>
    internal EngineImageDigest Digest { get; }

    /// <summary>Rows that the encoder gives; more than <see cref="Rows"/> where they are reduced.</summary>
    public int EncodedRows { get; }

    /// <summary>How its rows become fewer, or null.</summary>
    public ImageReduction? Reduction { get; }

    /// <summary>Set by the step loop once the image is encoded.</summary>
    internal ImageFeatures? Features { get; private set; }

    /// <summary>Whether it goes through the encoder by itself: with others that failed, and it is to be seen which did.</summary>
    internal bool IsSuspect { get; set; }

    /// <summary>Pixels until they have been encoded.</summary>
    internal PixelValues Pixels => _pixels ?? throw new InvalidOperationException("The image has been encoded already.");

    /// <summary>An image that needs no encoder.</summary>
    internal static EngineImage Encoded(ImageFeatures features, ImagePlan plan)
    {
        var image = new EngineImage(pixels: null, plan, features.Rows.Rows, features.Rows.Rows, reduction: null);
        image.SetFeatures(features);
        return image;
    }

    /// <summary>Takes another reference.</summary>
    public EngineImage AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives a reference back; the last one frees the encoded rows.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Features?.Dispose();
        }
    }

    internal void SetFeatures(ImageFeatures features) => (Features, _pixels) = (features, null);
}
