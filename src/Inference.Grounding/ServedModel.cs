using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Importance;
using Inference.Grounding.Verification;
using Inference.Models;
using Inference.Models.Checkpoints;
using Inference.Models.Imaging;
using Inference.Models.Loading;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Regions;
using Inference.Models.Tokenization;
using Inference.Models.Vision;

namespace Inference.Grounding;

/// <summary>A model folder ready to be asked: weights, tokenizer, chat format and the wording of its questions.</summary>
public sealed class ServedModel : IDisposable
{
    private readonly Dictionary<string, LayerPrior> _priors = new(StringComparer.Ordinal);
    private readonly List<Probe> _probes = [];

    private ServedModel(string name, VisionLanguageModel model, Tokenizer tokenizer, ChatFormat chat, ModelProfile profile)
    {
        (Name, Model, Tokenizer, Chat, Profile) = (name, model, tokenizer, chat, profile);
        Prompts = new PromptEncoder(tokenizer, model.Config.ImageTokenId);
        Defaults = SamplingOverrides.From(model.Generation, model.EosTokenIds);
        YesNo = YesNoTokens.Find(tokenizer, profile);
    }

    /// <summary>The name requests use.</summary>
    public string Name { get; }

    /// <summary>The weights.</summary>
    public VisionLanguageModel Model { get; }

    /// <summary>tokenizer.json.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How conversations are written.</summary>
    public ChatFormat Chat { get; }

    /// <summary>How regions, phrases and boxes are written.</summary>
    public ModelProfile Profile { get; }

    /// <summary>Conversations to token ids.</summary>
    public PromptEncoder Prompts { get; }

    /// <summary>Sampling settings of generation_config.json.</summary>
    public SamplingOverrides Defaults { get; }

    /// <summary>Layer priors that requests can name in the settings of a strategy.</summary>
    public IReadOnlyDictionary<string, LayerPrior> Priors => _priors;

    /// <summary>Probes that requests may name; their names differ.</summary>
    public IReadOnlyList<Probe> Probes => _probes;

    /// <summary>Calibrated ways to drop image rows, by the names that requests use. Set before the model is served.</summary>
    public IReadOnlyDictionary<string, PruningChoice> Prunings { get; set; } = new Dictionary<string, PruningChoice>();

    /// <summary>The tokens that answer a yes/no question; null where the vocabulary has none, so that claims cannot be verified.</summary>
    public YesNoTokens? YesNo { get; }

    /// <summary>What the engine runs.</summary>
    public EngineModel EngineModel => new(Name, Model.Decoder, Model.Vision, Tokenizer) { Probes = [.. _probes] };

    /// <summary>Makes a probe known; before the engine is started.</summary>
    /// <exception cref="ProbeException">The probe is of another model, or one of its name is there.</exception>
    public void Add(Probe probe)
    {
        probe.Check();
        probe.CheckModel(Model.Fingerprint, Model.Decoder.Shape.Width, Model.Decoder.Shape.Layers);
        if (_probes.Exists(other => other.Name == probe.Name))
        {
            throw new ProbeException("probe", $"two of the name '{probe.Name}'", "names that differ");
        }

        _probes.Add(probe);
    }

    /// <summary>Loads a Hugging Face folder or GGUF files.</summary>
    /// <param name="name">The name requests will use.</param>
    /// <param name="folder">What <see cref="ModelFiles.Find"/> takes.</param>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="contextLength">Longest sequence to prepare for.</param>
    /// <param name="progress">Told as weights are packed.</param>
    /// <param name="weights">How the decoder's matrices are held; null: as they are stored.</param>
    /// <param name="packs">Where packed weights are kept; null: nowhere.</param>
    /// <param name="mmproj">The GGUF file of the image side; null: the one in the folder, if any.</param>
    /// <exception cref="CheckpointException">Configuration or weights cannot be used.</exception>
    /// <exception cref="TokenizerException">tokenizer.json cannot be used.</exception>
    /// <exception cref="PromptException">The chat template is unknown or glassbox.json cannot be used.</exception>
    public static ServedModel Load(
        string name, string folder, IBackend backend, int contextLength, IProgress<LoadProgress>? progress = null,
        NumberFormat? weights = null, PackCache? packs = null, string? mmproj = null)
    {
        var files = ModelFiles.Find(folder, mmproj);
        var tokenizer = Tokenizer.Load(files.Model);
        var profile = ModelProfiles.Load(files.Model);
        using var checkpoint = Checkpoint.Open(files.Model, files.Mmproj);
        // Before the weights, which may take minutes.
        var chat = ChatFormatResolver.Resolve(files.Model, profile, checkpoint.Config);
        var model = VisionLanguageModel.Load(checkpoint, backend, contextLength, progress, weights, packs);
        try
        {
            return new ServedModel(name, model, tokenizer, chat, profile);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Every value decided: built-in defaults, then the model's generation_config.json, then the request's.</summary>
    /// <param name="request">What the request sets.</param>
    /// <param name="seed">Used when the request names none; to be echoed.</param>
    /// <exception cref="Decoding.Layers.StrategyException">The request's strategy cannot be used as it was asked for.</exception>
    public SamplingParameters Resolve(SamplingOverrides? request, ulong seed) =>
        With(SamplingParameters.Resolve(Defaults, request, seed), request?.Strategy);

    /// <summary>The parameters with a strategy, which may name a prior of <see cref="Priors"/>; null keeps what they have.</summary>
    /// <exception cref="Decoding.Layers.StrategyException">It cannot be used as it was asked for.</exception>
    public SamplingParameters With(SamplingParameters sampling, StrategyChoice? strategy) =>
        sampling.With(PriorNames.Resolve(strategy, _priors), Model.Decoder.Shape.Layers);

    /// <summary>Makes a prior known by name. Before the model is served: requests read the names without a lock.</summary>
    /// <param name="name">Its name; begins with a letter.</param>
    /// <param name="file">The prior, which must be of this model.</param>
    /// <exception cref="Evaluation.EvaluationException">It is of another model.</exception>
    public void AddPrior(string name, ImportanceFile file) => _priors.Add(name, file.For(name, Model.Fingerprint));

    /// <summary>What the image processor makes of an image of that size, and the rows it takes in a prompt; nothing is decoded.</summary>
    /// <param name="width">Pixels of the upright original.</param>
    /// <param name="height">Pixels of the upright original.</param>
    /// <param name="reduction">How its rows become fewer, or null.</param>
    /// <exception cref="ImageException">The processor cannot take an image of this size.</exception>
    /// <exception cref="InvalidOperationException">A text model.</exception>
    public (ImagePlan Plan, int Rows) PlanImage(int width, int height, ImageReduction? reduction = null)
    {
        if (Model is not { Processor: { } processor, Vision: { } vision })
        {
            throw new InvalidOperationException($"'{Name}' is a text model.");
        }

        var plan = processor.Plan(width, height);
        return (plan, vision.CountRows(plan, reduction));
    }

    /// <summary>The prompt of a conversation.</summary>
    /// <param name="messages">The turns.</param>
    /// <param name="imageRows">Rows of each image, in the order of the image parts.</param>
    /// <exception cref="PromptException">The messages do not fit the model's format.</exception>
    public EncodedPrompt Encode(IReadOnlyList<Message> messages, IReadOnlyList<int> imageRows) => Prompts.Encode(Chat, messages, imageRows);

    /// <summary>The prompt that asks for a description of a region.</summary>
    /// <param name="view">What the model sees of the image.</param>
    /// <param name="imageRows">Rows of the image.</param>
    /// <param name="region">In pixels of the upright original, checked by <see cref="RegionValidator"/>.</param>
    /// <param name="inDetail">A detailed description instead of a short expression.</param>
    /// <param name="field">Path of the region in the request, for errors.</param>
    /// <exception cref="PromptException">Nothing of the region is in the model's view.</exception>
    public EncodedPrompt EncodeRegion(BoxMapping view, int imageRows, Box region, bool inDetail, string field = "region") =>
        Encode([Message.UserWithImage(Profile.DescribePrompt(Profile.Box.Write(region, view, field), inDetail))], [imageRows]);

    /// <summary>The prompt that asks for the box of a phrase.</summary>
    public EncodedPrompt EncodePhrase(string phrase, int imageRows) =>
        Encode([Message.UserWithImage(Profile.LocatePrompt(phrase))], [imageRows]);

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
