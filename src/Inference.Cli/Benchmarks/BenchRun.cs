using System.Diagnostics;
using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Decoding.Sampling;
using Inference.Engine;

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
        onStage("peak");
        var peak = CpuRoofline.MeasurePeak(backend);
        onStage("image encoder");
        var encode = model.MeasureImageEncode();
        var (shape, context) = (model.Decoder.Shape, ContextLength(settings));
        using var engine = new InferenceEngine(backend, [model.EngineModel], new EngineOptions
        {
            StepRows = StepRows,
            MaxSequences = Batch,
            ContextLength = context,
            KvBytes = backend.KvPageBytes(shape.Kv) * shape.Layers * ((context / KvGeometry.PageSize) + 2) * Batch,
            // What is measured is computed, every time.
            PrefixCacheBytes = 0,
        });
        var vocabulary = shape.Vocabulary;
        onStage("warm-up");
        await MeasureAsync(engine, vocabulary, 1, Math.Min(settings.PromptTokens, BatchPromptTokens), WarmUpTokens);
        onStage($"prefill of {settings.PromptTokens} and decode of {settings.DecodeTokens} tokens");
        List<double> bandwidths = [];
        var single = await RepeatAsync(() =>
        {
            // What others leave of the memory changes within seconds: it is measured beside what is set against it.
            bandwidths.Add(CpuRoofline.MeasureReadBandwidth(backend));
            return MeasureAsync(engine, vocabulary, 1, settings.PromptTokens, settings.DecodeTokens);
        });
        onStage($"decode of {Batch} requests together");
        var batch = await RepeatAsync(() => MeasureAsync(engine, vocabulary, Batch, BatchPromptTokens, settings.DecodeTokens));
        return new BenchResult
        {
            Model = model.Label,
            Backend = backend.Description,
            Shape = shape,
            DecodeBytes = model.Decoder.DecodeBytes,
            WeightBytes = model.Decoder.WeightBytes,
            PrefillTokensPerSecond = Medians.Of(single.Select(time => settings.PromptTokens / time.Prefill)),
            DecodeTokensPerSecond = Medians.Of(single.Select(time => (settings.DecodeTokens - 1) / time.Decode)),
            BatchDecodeTokensPerSecond = Medians.Of(batch.Select(time => Batch * (settings.DecodeTokens - 1) / time.Decode)),
            MemoryBandwidth = Medians.Of(bandwidths),
            PeakFlops = peak,
            ImageEncode = encode,
        };
    }

    /// <summary>Tokens of the longest request.</summary>
    public static int ContextLength(BenchSettings settings) =>
        Math.Max(settings.PromptTokens, BatchPromptTokens) + Math.Max(settings.DecodeTokens, WarmUpTokens);

    private static async Task<List<Times>> RepeatAsync(Func<Task<Times>> measure)
    {
        var start = Stopwatch.GetTimestamp();
        List<Times> times = [];
        do
        {
            times.Add(await measure());
        }
        while (times.Count < MostRepetitions && Stopwatch.GetElapsedTime(start) < TimeForRepetitions);
        return times;
    }

    // All prompts are read before the last request's first token: from then on all decode in the same steps.
    private static async Task<Times> MeasureAsync(InferenceEngine engine, int vocabulary, int requests, int promptTokens, int decodeTokens)
    {
        var generations = Enumerable.Range(0, requests).Select(i => engine.Submit(BenchModel.Name, new GenerationRequest
        {
            Prompt = BenchRequests.TextPrompt(promptTokens, vocabulary, i),
            Sampling = new SamplingParameters { MaxTokens = decodeTokens },
            IgnoreStopTokens = true,
        }));
        var timings = await Task.WhenAll(generations.Select(BenchRequests.CompleteAsync));
        return new Times(timings.Max(timing => timing.Prefill.TotalSeconds), timings.Max(timing => timing.Decode.TotalSeconds));
    }

    private readonly record struct Times(double Prefill, double Decode);
}
