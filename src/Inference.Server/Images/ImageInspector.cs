using System.Buffers;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Models.Imaging;
using Inference.Server.Errors;
using ImageReduction = Inference.Models.Vision.ImageReduction;

namespace Inference.Server.Images;

/// <summary>
/// The checks of an image that cost little, in the order of their cost: digest and store, magic bytes, header, caps. Nothing is decoded.
/// </summary>
internal sealed class ImageInspector(ModelHost models, ServedModel model, ImageStore store, Violations violations)
{
    private const int DigestLength = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private (string Field, string Sha256)? _missing;

    /// <summary>How the rows of images become fewer, or null.</summary>
    public ImageReduction? Reduction { get; set; }

    /// <summary>The image of a source; null when it cannot be used, which is noted.</summary>
    public RequestImage? Inspect(ImageSource? source, string field)
    {
        switch (source?.SourceCase)
        {
            case ImageSource.SourceOneofCase.Data:
                var data = source.Data.Memory;
                return Inspect(data, ImageDigest.OfEncoded(data.Span), field);
            case ImageSource.SourceOneofCase.Sha256:
                return Find(source.Sha256, field);
            default:
                violations.Add(field, "no image", "data or sha256");
                return null;
        }
    }

    /// <summary>The image of a file; null when it cannot be used, which is noted.</summary>
    public RequestImage? Inspect(ReadOnlyMemory<byte> data, string sha256, string field)
    {
        try
        {
            var info = models.ReadHeader(data.Span);
            var (plan, rows) = model.PlanImage(info.Width, info.Height, Reduction);
            return new RequestImage(field, sha256, data, info, plan, rows, Reduction);
        }
        catch (ImageException refusal) when (refusal.Error != ImageError.MissingLibrary)
        {
            violations.Add(field, refusal);
            return null;
        }
    }

    /// <summary>Ends the checks of a request.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT with every violation; else FAILED_PRECONDITION for the first unknown reference.
    /// </exception>
    public void ThrowIfRefused()
    {
        violations.ThrowIfAny();
        if (_missing is { } missing)
        {
            throw Rejections.ImageNotCached(missing.Field, missing.Sha256);
        }
    }

    private RequestImage? Find(string sha256, string field)
    {
        if (sha256.Length != DigestLength || sha256.AsSpan().ContainsAnyExcept(HexDigits))
        {
            violations.Add($"{field}.sha256", $"{sha256.Length} characters", "64 lower-case hexadecimal digits");
            return null;
        }

        if (store.Find(sha256) is { } bytes)
        {
            return Inspect(bytes, sha256, field);
        }

        _missing ??= (field, sha256);
        return null;
    }
}
