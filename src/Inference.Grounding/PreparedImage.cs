using Inference.Decoding.Layers;
using Inference.Engine;
using Inference.Models.Imaging;

namespace Inference.Grounding;

/// <summary>
/// An image a request refers to: decoded, preprocessed, and encoded when the first request needs it. Dispose gives the references back.
/// </summary>
/// <param name="Image">The engine's image.</param>
/// <param name="Width">Pixels of the upright original.</param>
/// <param name="Height">Pixels of the upright original.</param>
/// <param name="Sha256">Of the encoded bytes, lower-case hexadecimal.</param>
/// <param name="DecodeTime">Bytes to pixels; zero when the image was known.</param>
/// <param name="PreprocessTime">Pixels to the tower's input, noise included; zero when the image was known.</param>
public sealed record PreparedImage(EngineImage Image, int Width, int Height, string Sha256, TimeSpan DecodeTime, TimeSpan PreprocessTime)
    : IDisposable
{
    /// <summary>The encoded file, from which images for a strategy's companion are made that were not prepared.</summary>
    internal ReadOnlyMemory<byte> File { get; init; }

    /// <summary>Its name in the cache.</summary>
    internal string Key { get; init; } = "";

    /// <summary>The image as companions of strategies see it.</summary>
    internal IReadOnlyDictionary<CompanionPrompt.NoisedImages, EngineImage> Noised { get; init; } =
        new Dictionary<CompanionPrompt.NoisedImages, EngineImage>();

    /// <summary>Rows that stand for the image in a prompt.</summary>
    public int Rows => Image.Rows;

    /// <summary>From original pixels to what the model sees.</summary>
    public BoxMapping View => Image.Plan.Mapping;

    /// <summary>Keeps everything alive until it is disposed once more.</summary>
    internal PreparedImage AddReference()
    {
        foreach (var image in (EngineImage[])[Image, .. Noised.Values])
        {
            image.AddReference();
        }

        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var image in (EngineImage[])[Image, .. Noised.Values])
        {
            image.Release();
        }
    }
}
