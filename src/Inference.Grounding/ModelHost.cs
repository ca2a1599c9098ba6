using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Regions;
using Inference.Models.Vision;

namespace Inference.Grounding;

/// <summary>
/// Models on one engine, and the way from a request to tokens: images in, conversations and regions written as each model wants them. What
/// the server and the command line both stand on. Thread-safe.
/// </summary>
public sealed class ModelHost : IDisposable
{
    private readonly Dictionary<string, ServedModel> _byName;
    private readonly ImageCache _images;
    private readonly ImageLimits _limits;
    private readonly bool _applyOrientation;

    /// <summary>Starts the engine over loaded models, which it disposes with itself.</summary>
    /// <exception cref="ArgumentException">No model, or two of one name.</exception>
    public ModelHost(IBackend backend, IReadOnlyList<ServedModel> models, ModelHostOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(models.Count, nameof(models));
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        (_limits, _applyOrientation) = (options.ImageLimits, options.ApplyExifOrientation);
        _images = new ImageCache(options.ImageCacheBytes);
        Engine = new InferenceEngine(backend, models.Select(model => model.EngineModel), options.Engine);
    }

    /// <summary>The models; the first is the default.</summary>
    public IReadOnlyList<ServedModel> Models { get; }

    /// <summary>The step loop.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>Encoded images kept for requests to come.</summary>
    public ImageCache Images => _images;

    /// <summary>Largest encoded image that is looked at.</summary>
    public int MaxImageBytes => _limits.MaxBytes;

    /// <summary>A model by name, the default one for an empty name; null when there is none.</summary>
    public ServedModel? Find(string? name) => string.IsNullOrEmpty(name) ? Models[0] : _byName.GetValueOrDefault(name);

    /// <summary>Format and size of an image within the caps, upright where so configured; reads the header only.</summary>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public ImageInfo ReadHeader(ReadOnlySpan<byte> encoded) => ImageDecoder.ReadHeader(encoded, _limits, _applyOrientation);

    /// <summary>Whether an image is in the cache, so that <see cref="Prepare"/> has nothing to decode for it.</summary>
    /// <param name="model">The model that will see it.</param>
    /// <param name="digest">SHA-256 of the encoded file.</param>
    /// <param name="reduction">How its rows become fewer, or null.</param>
    /// <param name="noise">As a companion sees it; null for the image itself.</param>
    public bool IsPrepared(ServedModel model, string digest, ImageReduction? reduction = null, CompanionPrompt.NoisedImages? noise = null)
    {
        var key = CacheKey(model, digest, reduction);
        return _images.Contains(noise is null ? key : CacheKey(key, noise));
    }

    /// <summary>Decodes and preprocesses an image, or finds it in the cache.</summary>
    /// <param name="model">The model that will see it.</param>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="digest">Its SHA-256 where the caller knows it. An image that is in the cache is not looked at again.</param>
    /// <param name="reduction">How its rows become fewer, or null.</param>
    /// <param name="noises">
    /// How companions of the request's strategies see it. Those that are not prepared here are where a request is submitted.
    /// </param>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public PreparedImage Prepare(
        ServedModel model, ReadOnlyMemory<byte> encoded, string? digest = null, ImageReduction? reduction = null,
        IReadOnlyCollection<CompanionPrompt.NoisedImages>? noises = null)
    {
        var processor = model.Model.Processor
            ?? throw new PromptException(PromptError.ImageCount, "image", $"an image for the text model '{model.Name}'", "no images");
        digest ??= ImageDigest.OfEncoded(encoded.Span);
        var (key, file) = (CacheKey(model, digest, reduction), new ImageFile(encoded, processor, _limits, _applyOrientation));
        var image = Acquire(model, key, () => Engine.AddImage(model.Name, file.Values, file.Plan, reduction));
        var (height, width) = image.Plan.OriginalSize;
        var noised = new Dictionary<CompanionPrompt.NoisedImages, EngineImage>();
        var prepared = new PreparedImage(image, width, height, digest, default, default) { File = encoded, Key = key, Noised = noised };
        try
        {
            foreach (var noise in noises ?? [])
            {
                noised.Add(noise, Noised(model, prepared, noise, file));
            }
        }
        catch
        {
            prepared.Dispose();
            throw;
        }

        return prepared with { DecodeTime = file.DecodeTime, PreprocessTime = file.PreprocessTime };
    }

    /// <summary>Answers a conversation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="messages">The turns; the n-th image part shows the n-th image.</param>
    /// <param name="images">Images in the order of their parts.</param>
    /// <param name="sampling">Valid parameters (<see cref="ServedModel.Resolve"/>).</param>
    /// <param name="cancellationToken">Ends the request within one step.</param>
    /// <exception cref="PromptException">The messages do not fit the model's format.</exception>
    /// <exception cref="AdmissionException">The engine does not take the request.</exception>
    public Generation Generate(
        ServedModel model, IReadOnlyList<Message> messages, IReadOnlyList<PreparedImage> images, SamplingParameters sampling,
        CancellationToken cancellationToken) =>
        Submit(model, model.Encode(messages, [.. images.Select(image => image.Rows)]), images, sampling, cancellationToken);

    /// <summary>Describes a region.</summary>
    /// <param name="model">The model.</param>
    /// <param name="image">The image.</param>
    /// <param name="region">In pixels of the upright original, checked by <see cref="RegionValidator"/>.</param>
    /// <param name="inDetail">A detailed description instead of a short expression.</param>
    /// <param name="sampling">Valid parameters.</param>
    /// <param name="cancellationToken">Ends the request within one step.</param>
    /// <param name="field">Path of the region in the request, for errors.</param>
    public Generation Describe(
        ServedModel model, PreparedImage image, Box region, bool inDetail, SamplingParameters sampling, CancellationToken cancellationToken,
        string field = "region") =>
        Submit(model, model.EncodeRegion(image.View, image.Rows, region, inDetail, field), [image], sampling, cancellationToken);

    /// <summary>Asks for the box of a phrase; <see cref="BoxReader"/> finds it in the answer.</summary>
    public Generation Locate(
        ServedModel model, PreparedImage image, string phrase, SamplingParameters sampling, CancellationToken cancellationToken) =>
        Submit(model, model.EncodePhrase(phrase, image.Rows), [image], sampling with { Logprobs = true }, cancellationToken);

    /// <summary>Queues an encoded prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Token ids and image spans.</param>
    /// <param name="images">Images by the index that the spans name.</param>
    /// <param name="sampling">Valid parameters.</param>
    /// <param name="cancellationToken">Ends the request within one step.</param>
    /// <param name="pruning">Image rows to drop inside the decoder, or null.</param>
    /// <param name="probes">Probes of the model that score every token; null for none.</param>
    /// <exception cref="AdmissionException">The engine does not take the request.</exception>
    /// <exception cref="PruningException">The plan names a block that the model does not have.</exception>
    public Generation Submit(
        ServedModel model, EncodedPrompt prompt, IReadOnlyList<PreparedImage> images, SamplingParameters sampling,
        CancellationToken cancellationToken, PruningPlan? pruning = null, IReadOnlyList<Probe>? probes = null) =>
        Submit(model, images, new GenerationRequest
        {
            Prompt = prompt,
            Sampling = sampling,
            Pruning = pruning,
            Probes = probes ?? [],
            CancellationToken = cancellationToken,
        });

    /// <summary>
    /// Queues a request about images. Where its strategy has a companion that sees noised ones, those are made, or found in the cache.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Images by the index that the spans of the prompt name.</param>
    /// <param name="request">The request without its images.</param>
    /// <exception cref="AdmissionException">The engine does not take the request.</exception>
    /// <exception cref="PruningException">The plan names a block that the model does not have.</exception>
    internal Generation Submit(ServedModel model, IReadOnlyList<PreparedImage> images, GenerationRequest request)
    {
        IReadOnlyList<EngineImage> noised =
            request.Sampling.Strategy?.Companion is CompanionPrompt.NoisedImages noise
                ? [.. images.Select(image => Noised(model, image, noise))]
                : [];
        try
        {
            return Engine.Submit(model.Name, request with { Images = [.. images.Select(image => image.Image)], CompanionImages = noised });
        }
        finally
        {
            foreach (var image in noised)
            {
                image.Release();
            }
        }
    }

    private EngineImage Noised(ServedModel model, PreparedImage image, CompanionPrompt.NoisedImages noise) =>
        image.Noised.TryGetValue(noise, out var prepared)
            ? prepared.AddReference()
            : Noised(model, image, noise, new ImageFile(image.File, model.Model.Processor!, _limits, _applyOrientation));

    private EngineImage Noised(ServedModel model, PreparedImage image, CompanionPrompt.NoisedImages noise, ImageFile file) =>
        Acquire(model, CacheKey(image.Key, noise), () =>
            Engine.AddImage(model.Name, file.Under(noise), image.Image.Plan, image.Image.Reduction));

    private EngineImage Acquire(ServedModel model, string key, Func<EngineImage> prepare) =>
        _images.Acquire(key, model.Model.Decoder.Shape.Width, prepare);

    private static string CacheKey(string image, CompanionPrompt.NoisedImages noise) => $"{image}/{noise}";

    private static string CacheKey(ServedModel model, string digest, ImageReduction? reduction) => $"{model.Name}/{digest}/{reduction}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        _images.Dispose();
        foreach (var model in Models)
        {
            model.Dispose();
        }
    }
}
