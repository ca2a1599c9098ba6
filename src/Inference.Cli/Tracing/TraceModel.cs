using Inference.Cli.Hosting;
using Inference.Compute;
using Inference.Engine;
using Inference.Models;
using Inference.Models.Checkpoints;
using Inference.Models.Loading;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Tokenization;

namespace Inference.Cli.Tracing;

/// <summary>A model folder for tracing. Its chat template is read only for conversations: raw prompts work with any.</summary>
internal sealed class TraceModel : IDisposable
{
    public const string Name = "traced";

    private TraceModel(VisionLanguageModel model, Tokenizer tokenizer) => (Model, Tokenizer) = (model, tokenizer);

    public VisionLanguageModel Model { get; }

    public Tokenizer Tokenizer { get; }

    public EngineModel EngineModel => new(Name, Model.Decoder, Model.Vision, Tokenizer);

    public static TraceModel Load(
        NamedModel named, IBackend backend, int contextLength, NumberFormat? weights, PackCache packs, IProgress<LoadProgress> progress)
    {
        var files = ModelFiles.Find(named.Folder, named.Mmproj);
        var tokenizer = Tokenizer.Load(files.Model);
        var model = VisionLanguageModel.Load(files.Model, backend, contextLength, progress, weights, packs, files.Mmproj);
        return new TraceModel(model, tokenizer);
    }

    /// <summary>The prompt as token ids: as it is, or as the user's turn with the images in front of the text.</summary>
    public EncodedPrompt Encode(string prompt, bool raw, IReadOnlyList<int> imageRows)
    {
        var encoder = new PromptEncoder(Tokenizer, Model.Config.ImageTokenId);
        if (raw)
        {
            return encoder.EncodeRaw(prompt, imageRows);
        }

        var chat = ChatFormatResolver.Resolve(Model.Folder, ModelProfiles.Load(Model.Folder), Model.Config);
        Part[] parts = [.. imageRows.Select(_ => new ImagePart()), new TextPart(prompt)];
        return encoder.Encode(chat, [new Message(ChatRole.User, parts)], imageRows);
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
