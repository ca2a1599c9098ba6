using Glassbox.V1;
using Grpc.Core;
using Inference.Models.Imaging;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Responses;
using ImageFormat = Glassbox.V1.ImageFormat;

namespace Inference.Server.Services;

/// <summary>UploadImage: chunks become a file that requests name by its digest.</summary>
internal sealed class UploadImageHandler(ImageWork work)
{
    public async Task<UploadImageResponse> RunAsync(IAsyncStreamReader<UploadImageRequest> chunks, Call call)
    {
        using var upload = new Upload(work.Budget, call.Models.MaxImageBytes, call.Options.RetryDelay);
        var name = "";
        for (var first = true; await chunks.MoveNext(call.Ended).ConfigureAwait(false); first = false)
        {
            name = first ? chunks.Current.Model : name;
            upload.Append(chunks.Current.Chunk.Span);
        }

        var model = call.FindModel(name);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        if (!ModelAbility.TakesImages(model, violations))
        {
            throw violations.ToException();
        }

        var bytes = upload.ToArray();
        var image = inspector.Inspect(bytes, ImageDigest.OfEncoded(bytes), "chunk");
        violations.ThrowIfAny();
        work.Store.Add(image!.Sha256, bytes);
        return new UploadImageResponse
        {
            Image = EventMessages.ImageOf(image),
            SizeBytes = (ulong)bytes.Length,
            Format = FormatOf(image.Info.Format),
        };
    }

    private static ImageFormat FormatOf(Inference.Models.Imaging.ImageFormat format) => format switch
    {
        Inference.Models.Imaging.ImageFormat.Jpeg => ImageFormat.Jpeg,
        Inference.Models.Imaging.ImageFormat.Png => ImageFormat.Png,
        Inference.Models.Imaging.ImageFormat.WebP => ImageFormat.Webp,
        _ => ImageFormat.Unspecified,
    };
}
