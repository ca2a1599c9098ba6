using System.Globalization;
using Inference.Models.Imaging;
using Inference.Models.Imaging.Formats;

namespace Inference.Grounding.Evaluation.Degrading;

/// <summary>
/// Makes images worse on purpose: a model that hardly errs on clean images leaves a method against hallucination nothing to do.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="Strength">Noise and blur: standard deviation in grey levels and in pixels. Half: how often both sides are halved.</param>
public sealed record Degradation(DegradationKind Kind, double Strength)
{
    private const double MostNoise = 255, MostBlur = 64, MostHalvings = 8;

    /// <summary>What <see cref="Parse"/> takes.</summary>
    public static string Form { get; } = "noise[:SIGMA], blur[:SIGMA] or half[:TIMES]";

    /// <summary>
    /// Reads <c>noise:32</c> (grey levels), <c>blur:2</c> (pixels) or <c>half:1</c>; these are the strengths without a number.
    /// </summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static Degradation Parse(string text)
    {
        var parts = text.Split(':', 2);
        var (kind, usual, most) = parts[0] switch
        {
            "noise" => (DegradationKind.Noise, 32.0, MostNoise),
            "blur" => (DegradationKind.Blur, 2.0, MostBlur),
            "half" => (DegradationKind.Half, 1.0, MostHalvings),
            _ => throw new FormatException($"found '{text}'; allowed: {Form}"),
        };
        var strength = usual;
        var isNumber = parts.Length == 1
            || double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out strength);
        var isAllowed = isNumber && strength > 0 && strength <= most && (kind != DegradationKind.Half || double.IsInteger(strength));
        return isAllowed
            ? new Degradation(kind, strength)
            : throw new FormatException(
                $"found '{text}'; allowed: a {(kind == DegradationKind.Half ? "whole " : "")}number above 0 up to {most}");
    }

    /// <summary>The image made worse.</summary>
    /// <param name="image">The image, which stays as it is.</param>
    /// <param name="seed">Of the noise: the same seed, image and strength always give the same pixels.</param>
    public RgbImage Apply(RgbImage image, ulong seed) => Kind switch
    {
        DegradationKind.Noise => GaussianNoise.Apply(image, Strength, seed),
        DegradationKind.Blur => GaussianBlur.Apply(image, Strength),
        _ => HalfResolution.Apply(image, 1 << (int)Strength),
    };

    /// <summary>An encoded image made worse, as a PNG file.</summary>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public byte[] Apply(ReadOnlySpan<byte> encoded, ulong seed) => PngEncoder.Encode(Apply(ImageDecoder.Decode(encoded), seed));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}:{Strength}");
}

/// <summary>A way to make an image worse.</summary>
public enum DegradationKind
{
    /// <summary>Independent Gaussian noise on every channel of every pixel.</summary>
    Noise,

    /// <summary>A Gaussian blur.</summary>
    Blur,

    /// <summary>Means of square blocks: a lower resolution at the same size.</summary>
    Half,
}
