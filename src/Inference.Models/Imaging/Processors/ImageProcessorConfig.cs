using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

internal enum ImageProcessorKind
{
    Clip,
    Siglip,
    Llava,
    LlavaNext,
}

/// <summary>A configuration with every default filled in; the fields are those of the JSON.</summary>
internal sealed record ImageProcessorConfig
{
    public required ImageProcessorKind Kind { get; init; }
    public required bool DoResize { get; init; }
    public required TargetSize Size { get; init; }
    public required ResampleFilter Resample { get; init; }
    public required bool DoCenterCrop { get; init; }
    public required (int Height, int Width) CropSize { get; init; }
    public required bool DoRescale { get; init; }
    public required double RescaleFactor { get; init; }
    public required bool DoNormalize { get; init; }
    public required double[] Mean { get; init; }
    public required double[] Std { get; init; }
    public required bool DoPad { get; init; }

    /// <summary>Resolutions of LLaVA-NeXT, height and width, in the order of the file.</summary>
    public required (int Height, int Width)[] Pinpoints { get; init; }

    /// <summary>Everything that decides the numbers, for cache keys.</summary>
    public string Fingerprint()
    {
        var parts = new List<string> { Kind.ToString() };
        if (DoPad && Kind == ImageProcessorKind.Llava)
            parts.Add($"pad={Join(Mean)}");
        if (DoResize)
            parts.Add("resize");
        parts.Add($"size={Size},{Resample}");
        if (DoCenterCrop)
            parts.Add($"crop={CropSize.Height}x{CropSize.Width}");
        if (DoRescale)
            parts.Add(FormattableString.Invariant($"rescale={RescaleFactor:R}"));
        if (DoNormalize)
            parts.Add($"normalize={Join(Mean)}/{Join(Std)}");
        if (Kind == ImageProcessorKind.LlavaNext)
            parts.Add("pinpoints=" + string.Join(',', Pinpoints.Select(p => $"{p.Height}x{p.Width}")));
        return string.Join(';', parts);
    }

    private static string Join(double[] values) => string.Join(',', values.Select(v => FormattableString.Invariant($"{v:R}")));
}
