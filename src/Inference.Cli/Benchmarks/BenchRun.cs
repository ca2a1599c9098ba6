using System.Diagnostics;
using Inference.Compute.Cpu;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Prompts;

namespace Inference.Cli.Benchmarks;

/// <summary>Measures requests on an engine: what a user of the server gets, not what the kernels alone could do.</summary>
internal static class BenchRun
{
    /// <summary>Requests that decode together.</summary>
    public const int Batch = 8;

    private const int StepRows = 512;
    private const int WarmUpTokens = 16;
    private const int BatchPromptTokens = 32;
    private const int MostRepetitions = 5;

    // Small models are repeated, large ones need it less and take long.
    private static readonly TimeSpan TimeForRepetitions = TimeSpan.FromSeconds(10);

    /// <summary>Runs all measurements, telling <paramref name="onStage"/> what comes next.</summary>
    /// <exception cref="CommandException">A request failed.</exception>
    public static async Task<BenchResult> RunAsync(BenchModel model, CpuBackend backend, BenchSettings settings, Action<string> onStage)
    {
        onStage("memory bandwidth and peak");
        var (bandwidth, peak) = (CpuRoofline.MeasureReadBandwidth(backend), CpuRoofline.MeasurePeak(backend));
        onStage("image encoder");
        var encode = model.MeasureImageEncode();
        using var engine = new InferenceEngine(backend, [model.EngineModel], new EngineOptions
        {
            StepRows = StepRows,
            MaxSequences = Batch,
            ContextLength = ContextLength(settings),
            KvBytes = 2L * sizeof(float) * model.Decoder.Shape.KvWidth * model.Decoder.Shape.Layers * (ContextLength(settings) + 16) * Batch,
        });
        var vocabulary = model.Decoder.Shape.Vocabulary;
        onStage("warm-up");
        await MeasureAsync(engine, vocabulary, 1, Math.Min(settings.PromptTokens, BatchPromptTokens), WarmUpTokens).ConfigureAwait(false);
        onStage($"prefill of {settings.PromptTokens} and decode of {settings.DecodeTokens} tokens");
        var single = await RepeatAsync(() => MeasureAsync(engine, vocabulary, 1, settings.PromptTokens, settings.DecodeTokens)).ConfigureAwait(false);
        onStage($"decode of {Batch} requests together");
        var batch = await RepeatAsync(() => MeasureAsync(engine, vocabulary, Batch, BatchPromptTokens, settings.DecodeTokens)).ConfigureAwait(false);
        return new BenchResult
        {
            Model = model.Label,
            Backend = backend.Description,
            Shape = model.Decoder.Shape,
            DecodeBytes = model.Decoder.DecodeBytes,
            WeightBytes = model.Decoder.WeightBytes,
            PrefillTokensPerSecond = Medians.Of(single.Select(time => settings.PromptTokens / time.Prefill)),
            DecodeTokensPerSecond = Medians.Of(single.Select(time => (settings.DecodeTokens - 1) / time.Decode)),
            BatchDecodeTokensPerSecond = Medians.Of(batch.Select(time => Batch * (settings.DecodeTokens - 1) / time.Decode)),
            MemoryBandwidth = bandwidth,
            PeakFlops = peak,
            ImageEncode = encode,
        };
    }

    /// <summary>Tokens of the longest request.</summary>
    public static int ContextLength(BenchSettings settings) => Math.Max(settings.PromptTokens, BatchPromptTokens) + Math.Max(settings.DecodeTokens, WarmUpTokens);

    private static async Task<List<Times>> RepeatAsync(Func<Task<Times>> measure)
    {
        var start = Stopwatch.GetTimestamp();
        List<Times> times = [];
        do
        {
            times.Add(await measure().ConfigureAwait(false));
        }
        while (times.Count < MostRepetitions && Stopwatch.GetElapsedTime(start) < TimeForRepetitions);
        return times;
    }

    // All prompts are read before the last request's first token: from then on all decode in the same steps.
    private static async Task<Times> MeasureAsync(InferenceEngine engine, int vocabulary, int requests, int promptTokens, int decodeTokens)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, requests).Select(i => CompleteAsync(engine.Submit(BenchModel.Name, new GenerationRequest
        {
            Prompt = Prompt(promptTokens, vocabulary, i),
            Sampling = new SamplingParameters { MaxTokens = decodeTokens },
            IgnoreStopTokens = true,
        })))).ConfigureAwait(false);
        return new Times(results.Max(result => result.Timings.Prefill.TotalSeconds), results.Max(result => result.Timings.Decode.TotalSeconds));
    }

    private static async Task<GenerationResult> CompleteAsync(Generation generation)
    {
        await foreach (var token in generation.ReadAllAsync().ConfigureAwait(false))
        {
            _ = token;
        }

        var result = await generation.Completion.ConfigureAwait(false);
        return result.Reason == FinishReason.MaxTokens ? result : throw new CommandException($"A request ended early: {result.Failure?.Message ?? result.Reason.ToString()}");
    }

    private static EncodedPrompt Prompt(int length, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return new EncodedPrompt([.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))], []);
    }

    private readonly record struct Times(double Prefill, double Decode);
}
