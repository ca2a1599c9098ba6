using Inference.Compute.Cpu;
using Inference.Decoding.Layers;
using Inference.Decoding.Probes;
using Inference.Decoding.Sampling;
using Inference.Models;
using Inference.Models.Decoders;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Tokenization;
using Inference.Models.Vision;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>An engine over golden checkpoints, and requests to it.</summary>
internal sealed class EngineFixture : IDisposable
{
    private readonly CpuBackend _backend;
    private readonly List<VisionLanguageModel> _models = [];
    private readonly List<EngineModel> _engineModels = [];

    public EngineFixture(EngineOptions? options = null, int threads = 2, params ReadOnlySpan<string> models)
        : this(null, options, threads, models)
    {
    }

    public EngineFixture(
        Func<DecoderShape, IReadOnlyList<Probe>>? probes, EngineOptions? options = null, int threads = 2,
        params ReadOnlySpan<string> models)
    {
        _backend = new CpuBackend(new CpuOptions { Threads = threads });
        foreach (var name in models.IsEmpty ? [Goldens.ClipLlama] : models)
        {
            var model = VisionLanguageModel.Load(Goldens.Folder(name), _backend, contextLength: 512);
            _models.Add(model);
            _engineModels.Add(new EngineModel(name, model.Decoder, model.Vision, Tokenizer.Load(Goldens.Folder(name)))
            {
                Probes = probes?.Invoke(model.Decoder.Shape) ?? [],
            });
        }

        Engine = new InferenceEngine(_backend, _engineModels, options ?? new EngineOptions { ContextLength = 512, KvBytes = 32 << 20 });
    }

    public InferenceEngine Engine { get; }

    public string Model => _engineModels[0].Name;

    public DecoderShape DecoderShape => _models[0].Decoder.Shape;

    public IReadOnlyList<Probe> Probes => _engineModels[0].Probes;

    public static SamplingParameters Greedy(int tokens) => new() { MaxTokens = tokens };

    /// <summary>A text prompt of pseudo-random tokens; the same seed gives the same prompt.</summary>
    public static EncodedPrompt TextPrompt(int length, int seed)
    {
        var random = new Random(seed);
        return new EncodedPrompt([1, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(3, 400))], []);
    }

    public EngineImage Image(string file = "scene0.png", int model = 0, ImageReduction? reduction = null)
    {
        var pixels = ImageDecoder.Decode(File.ReadAllBytes(Goldens.Image(file)));
        var processor = _models[model].Processor!;
        return Engine.AddImage(
            _engineModels[model].Name, processor.Process(pixels), processor.Plan(pixels.Width, pixels.Height), reduction);
    }

    /// <summary>The image as the companion of vcd sees it.</summary>
    public EngineImage NoisedImage(int steps, int seed, string file = "scene0.png")
    {
        var pixels = ImageDecoder.Decode(File.ReadAllBytes(Goldens.Image(file)));
        var processor = _models[0].Processor!;
        return Engine.AddImage(
            Model, DiffusionNoise.Apply(processor.Process(pixels), steps, seed), processor.Plan(pixels.Width, pixels.Height));
    }

    public EncodedPrompt ImagePrompt(EngineImage image, string text, int model = 0)
    {
        var id = _models[model].Config.ImageTokenId;
        return new PromptEncoder(_engineModels[model].Tokenizer!, id).EncodeRaw(text, [image.Rows]);
    }

    public EncodedPrompt ImagesPrompt(string text, params IReadOnlyList<EngineImage> images) =>
        new PromptEncoder(_engineModels[0].Tokenizer!, _models[0].Config.ImageTokenId).EncodeRaw(
            text, [.. images.Select(image => image.Rows)]);

    public GenerationRequest Request(EncodedPrompt prompt, SamplingParameters sampling, params IReadOnlyList<EngineImage> images) =>
        new() { Prompt = prompt, Images = images, Sampling = sampling };

    public Generation Submit(GenerationRequest request, int model = 0) => Engine.Submit(_engineModels[model].Name, request);

    public async Task<Answer> Run(GenerationRequest request, int model = 0) => await Answer.Of(Submit(request, model));

    public void Dispose()
    {
        Engine.Dispose();
        _models.ForEach(model => model.Dispose());
        _backend.Dispose();
    }
}

/// <summary>Everything a generation gave.</summary>
internal sealed record Answer(IReadOnlyList<TokenEvent> Tokens, GenerationResult Result)
{
    public int[] Ids => [.. Tokens.Select(token => token.Id)];

    public string Text => string.Concat(Tokens.Select(token => token.Text));

    public static async Task<Answer> Of(Generation generation)
    {
        var tokens = new List<TokenEvent>();
        await foreach (var token in generation.ReadAllAsync())
        {
            tokens.Add(token);
        }

        return new Answer(tokens, await generation.Completion);
    }
}
