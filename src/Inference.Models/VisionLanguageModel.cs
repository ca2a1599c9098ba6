using Inference.Compute;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;
using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Loading;
using Inference.Models.Vision;

namespace Inference.Models;

/// <summary>
/// The numbers of a model folder, packed and ready to run: decoder, and for vision-language models encoder and image processor.
/// </summary>
public sealed class VisionLanguageModel : IDisposable
{
    private readonly IPackStore? _packs;

    private VisionLanguageModel(Checkpoint checkpoint, Decoder decoder, VisionEncoder? vision, ImageProcessor? processor, IPackStore? packs)
    {
        _packs = packs;
        (Folder, Config, Generation, EosTokenIds, Fingerprint) =
            (checkpoint.Folder, checkpoint.Config, checkpoint.Generation, checkpoint.EosTokenIds, checkpoint.Fingerprint);
        (Decoder, Vision, Processor) = (decoder, vision, processor);
    }

    /// <summary>The folder it was read from, or the decoder's GGUF file.</summary>
    public string Folder { get; }

    /// <summary>config.json with every default resolved.</summary>
    public ModelConfig Config { get; }

    /// <summary>generation_config.json.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EosTokenIds { get; }

    /// <summary>Identity of configuration and weights, 64 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>The file that holds the packed weights; null where they are in memory of this process alone.</summary>
    public string? PackFile => _packs?.Path;

    /// <summary>The language model.</summary>
    public Decoder Decoder { get; }

    /// <summary>The image side, or null for a text model.</summary>
    public VisionEncoder? Vision { get; }

    /// <summary>Turns pixels into the encoder's input, or null for a text model.</summary>
    public ImageProcessor? Processor { get; }

    /// <summary>Opens a Hugging Face folder or GGUF files and packs their weights.</summary>
    /// <param name="folder">What <see cref="ModelFiles.Find"/> takes.</param>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="contextLength">Longest sequence to prepare for; the model's own limit where that is lower.</param>
    /// <param name="progress">Told as weights are packed.</param>
    /// <param name="weights">
    /// How the decoder's matrices are held; null: as they are stored. With Int4 the embeddings and the vocabulary matrix are Int8. The
    /// image side is held as it is stored.
    /// </param>
    /// <param name="packs">Where packed weights are kept; null: nowhere.</param>
    /// <param name="mmproj">The GGUF file of the image side; null: the one in the folder, if any.</param>
    /// <exception cref="CheckpointException">Something is missing, malformed or not supported.</exception>
    /// <exception cref="ImageProcessorException">The image processor's configuration is missing or not supported.</exception>
    public static VisionLanguageModel Load(
        string folder, IBackend backend, int contextLength, IProgress<LoadProgress>? progress = null, NumberFormat? weights = null,
        PackCache? packs = null, string? mmproj = null)
    {
        using var checkpoint = Checkpoint.Open(folder, mmproj);
        return Load(checkpoint, backend, contextLength, progress, weights, packs);
    }

    /// <summary>
    /// Packs the weights of an open folder or GGUF files; parameters and errors as with a path. The checkpoint may be closed afterwards.
    /// </summary>
    public static VisionLanguageModel Load(
        Checkpoint checkpoint, IBackend backend, int contextLength, IProgress<LoadProgress>? progress = null, NumberFormat? weights = null,
        PackCache? packs = null)
    {
        var hasVision = checkpoint.Config.Vision is not null;
        var processor = checkpoint.Mmproj is { } side ? MmprojImageProcessor.Read(side)
            : hasVision ? ImageProcessor.FromFolder(checkpoint.Folder)
            : null;
        var store = packs?.Open(backend, checkpoint, weights);
        try
        {
            var packer = new WeightPacker(backend, checkpoint.WeightBytes, progress, store);
            var context = Math.Min(contextLength, checkpoint.Config.Text.MaxPositionEmbeddings);
            var decoder = DecoderLoader.Load(backend, checkpoint, packer, weights, context);
            var vision = hasVision ? VisionLoader.Load(backend, checkpoint, packer) : null;
            store?.Complete();
            return new VisionLanguageModel(checkpoint, decoder, vision, processor, store);
        }
        catch
        {
            store?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Decoder.Dispose();
        Vision?.Dispose();
        _packs?.Dispose();
    }
}
