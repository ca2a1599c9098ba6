using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Tokenization;

namespace Inference.Grounding;

/// <summary>A model folder ready to be asked: weights, tokenizer, chat format and the wording of its questions.</summary>
public sealed class ServedModel : IDisposable
{
    private ServedModel(string name, VisionLanguageModel model, Tokenizer tokenizer, ChatFormat chat, ModelProfile profile)
    {
        (Name, Model, Tokenizer, Chat, Profile) = (name, model, tokenizer, chat, profile);
        Prompts = new PromptEncoder(tokenizer, model.Config.ImageTokenId);
        Defaults = SamplingOverrides.From(model.Generation, model.EosTokenIds);
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

    /// <summary>What the engine runs.</summary>
    public EngineModel EngineModel => new(Name, Model.Decoder, Model.Vision, Tokenizer);

    /// <summary>Loads a Hugging Face folder.</summary>
    /// <param name="name">The name requests will use.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="contextLength">Longest sequence to prepare for.</param>
    /// <param name="progress">Told as weights are packed.</param>
    /// <exception cref="Models.Checkpoints.CheckpointException">Configuration or weights cannot be used.</exception>
    /// <exception cref="TokenizerException">tokenizer.json cannot be used.</exception>
    /// <exception cref="PromptException">The chat template is unknown or glassbox.json cannot be used.</exception>
    public static ServedModel Load(string name, string folder, IBackend backend, int contextLength, IProgress<LoadProgress>? progress = null)
    {
        var tokenizer = Tokenizer.Load(folder);
        var profile = ModelProfiles.Load(folder);
        var model = VisionLanguageModel.Load(folder, backend, contextLength, progress);
        try
        {
            var chat = ChatFormatResolver.Resolve(folder, profile, model.Config);
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
    public SamplingParameters Resolve(SamplingOverrides? request, ulong seed) => SamplingParameters.Resolve(Defaults, request, seed);

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
