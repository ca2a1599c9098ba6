namespace Inference.Models.Imaging;

/// <summary>Why an image was refused.</summary>
public enum ImageError
{
    /// <summary>The magic bytes are not those of JPEG, PNG or WebP.</summary>
    UnknownFormat,

    /// <summary>The data ends before the image does.</summary>
    Truncated,

    /// <summary>Bytes, pixels or a side exceed <see cref="ImageLimits"/>.</summary>
    TooLarge,

    /// <summary>The sides are further apart than <see cref="ImageLimits.MaxAspectRatio"/> or the processor can take.</summary>
    AspectRatio,

    /// <summary>A valid variant of the format that is not decoded (12-bit or lossless JPEG, for instance).</summary>
    Unsupported,

    /// <summary>The data contradicts itself.</summary>
    Corrupt,

    /// <summary>A native decoder is not installed; a fault of the server, not of the image.</summary>
    MissingLibrary,
}

/// <summary>An image that was refused. The message is written here, never copied from a decoder, and may be shown to clients.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Creates the refusal.</summary>
    public ImageException(ImageError error, string message, Exception? inner = null) : base(message, inner) => Error = error;

    /// <summary>The reason, for mapping to a status code.</summary>
    public ImageError Error { get; }

    /// <summary>What was found where a cap was exceeded: bytes, pixels or a side.</summary>
    public long? Actual { get; init; }

    /// <summary>The cap that was exceeded.</summary>
    public long? Limit { get; init; }
}
