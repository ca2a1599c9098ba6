using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
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

    /// <summary>Prepares the images of a request, in order, also as companions of its strategies see them.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model that will see them.</param>
    /// <param name="images">The images.</param>
    /// <param name="sampling">How tokens are chosen where they are seen.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: an image cannot be decoded.</exception>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async Task<PreparedImages> PrepareAsync(
        Call call, ServedModel model, IReadOnlyList<RequestImage> images, params IEnumerable<SamplingParameters> sampling)
    {
        CompanionPrompt.NoisedImages[] noises =
            [.. sampling.Select(parameters => parameters.Strategy?.Companion).OfType<CompanionPrompt.NoisedImages>().Distinct()];
        var (work, kept) = (0L, 0L);
        foreach (var image in images)
        {
            var isFresh = !call.Models.IsPrepared(model, image.Sha256, image.Reduction);
            var noised = noises.Count(noise => !call.Models.IsPrepared(model, image.Sha256, image.Reduction, noise));
            // Noise is put on the tiles of the clear image, whether or not those are kept.
            work += isFresh || noised > 0 ? image.DecodeBytes + ((noised + 1) * image.TileBytes) : 0;
            kept += (noised + (isFresh ? 1 : 0)) * image.TileBytes;
        }

        var prepared = new PreparedImages(Budget, await Budget.TakeAsync(work, call.Ended).ConfigureAwait(false));
        try
        {
            foreach (var image in images)
            {
                prepared.Add(await PrepareAsync(call, model, image, noises).ConfigureAwait(false));
            }

            prepared.KeepOnly(kept);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    private async Task<PreparedImage> PrepareAsync(
        Call call, ServedModel model, RequestImage image, IReadOnlyCollection<CompanionPrompt.NoisedImages> noises)
    {
        await _workers.WaitAsync(call.Ended).ConfigureAwait(false);
        try
        {
            var prepared = await Task.Run(
                () => call.Models.Prepare(model, image.Bytes, image.Sha256, image.Reduction, noises),
                CancellationToken.None).ConfigureAwait(false);
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
