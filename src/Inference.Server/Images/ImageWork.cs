using Inference.Grounding;
using Inference.Models.Imaging;
using Inference.Server.Calls;
using Inference.Server.Errors;

namespace Inference.Server.Images;

/// <summary>Decodes and preprocesses images beside the step loop: so many at once, and so many bytes.</summary>
internal sealed class ImageWork(ImageWorkOptions options) : IDisposable
{
    private readonly SemaphoreSlim _workers = new(options.Workers);

    /// <summary>Files that requests may name by digest.</summary>
    public ImageStore Store { get; } = new(options.StoreBytes);

    /// <summary>Bytes of uploads and pixels in work.</summary>
    public ByteBudget Budget { get; } = new(options.BytesInFlight);

    /// <summary>Prepares the images of a request, in order.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: an image cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async Task<PreparedImages> PrepareAsync(Call call, ServedModel model, IReadOnlyList<RequestImage> images)
    {
        var fresh = images.Where(image => !call.Models.IsPrepared(model, image.Sha256, image.Reduction)).ToArray();
        var prepared = new PreparedImages(Budget, await Budget.TakeAsync(fresh.Sum(image => image.WorkBytes), call.Ended).ConfigureAwait(false));
        try
        {
            foreach (var image in images)
            {
                prepared.Add(await PrepareAsync(call, model, image).ConfigureAwait(false));
            }

            prepared.KeepOnly(fresh.Sum(image => image.TileBytes));
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    private async Task<PreparedImage> PrepareAsync(Call call, ServedModel model, RequestImage image)
    {
        await _workers.WaitAsync(call.Ended).ConfigureAwait(false);
        try
        {
            var prepared = await Task.Run(() => call.Models.Prepare(model, image.Bytes, image.Sha256, image.Reduction), CancellationToken.None).ConfigureAwait(false);
            Store.Add(image.Sha256, image.Bytes);
            return prepared;
        }
        catch (ImageException refusal) when (refusal.Error != ImageError.MissingLibrary)
        {
            var violations = new Violations();
            violations.Add(image.Field, refusal);
            throw violations.ToException();
        }
        finally
        {
            _workers.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workers.Dispose();
}
