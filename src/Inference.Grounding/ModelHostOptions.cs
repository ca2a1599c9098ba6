using Inference.Engine;
using Inference.Models.Imaging;

namespace Inference.Grounding;

/// <summary>Bounds of a <see cref="ModelHost"/>.</summary>
public sealed record ModelHostOptions
{
    /// <summary>Bounds of the step loop.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Bounds of images.</summary>
    public ImageLimits ImageLimits { get; init; } = ImageLimits.Default;

    /// <summary>Turns pictures upright as their EXIF data says.</summary>
    public bool ApplyExifOrientation { get; init; } = true;

    /// <summary>Bytes of encoded image rows to keep for requests to come.</summary>
    public long ImageCacheBytes { get; init; } = 256L << 20;
}
