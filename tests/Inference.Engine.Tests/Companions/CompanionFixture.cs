using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Models.Prompts;
using Inference.Testing;

namespace Inference.Engine.Tests.Companions;

/// <summary>An engine and requests about an image whose strategies have companions.</summary>
internal sealed class CompanionFixture : IDisposable
{
    public const string Question = "USER: <image>\nIs there a red circle? ASSISTANT:";

    public CompanionFixture(EngineOptions? options = null, int threads = 2)
    {
        Base = new EngineFixture(Probes.RandomProbe.Several, options, threads, models: Goldens.LlamaDeep);
        (Image, Noised) = (Base.Image(), Base.NoisedImage(500, 0));
    }

    public EngineFixture Base { get; }

    public EngineImage Image { get; }

    public EngineImage Noised { get; }

    public EncodedPrompt Prompt => Base.ImagePrompt(Image, Question);

    public EngineLoad Load => Base.Engine.Load(Base.Model);

    public static SamplingParameters Drawing(int tokens) =>
        new() { DoSample = true, Temperature = 0.7f, Seed = 21, MaxTokens = tokens, Logprobs = true };

    /// <summary>A request with a strategy written as "name key=value …", or without one.</summary>
    public GenerationRequest Request(string? strategy, SamplingParameters sampling, string text = Question) =>
        Base.Request(Base.ImagePrompt(Image, text), sampling with { Strategy = Make(strategy, sampling.IsGreedy) }, Image) with
        {
            CompanionImages = [Noised],
            IgnoreStopTokens = true,
        };

    public Task<Answer> Run(GenerationRequest request) => Base.Run(request);

    public async Task<RecordingTrace> Trace(GenerationRequest request)
    {
        var trace = new RecordingTrace();
        await Base.Run(request with { Trace = trace });
        return trace;
    }

    public void Dispose()
    {
        Base.Dispose();
        Image.Release();
        Noised.Release();
    }

    private TokenStrategy? Make(string? strategy, bool isGreedy)
    {
        if (strategy?.Split(' ') is not [var name, .. var pairs])
        {
            return null;
        }

        return StrategyRegistry.Create(StrategyChoice.Parse(name, pairs), new StrategyContext(Base.DecoderShape.Layers, isGreedy));
    }
}
