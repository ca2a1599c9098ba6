using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models;
using Inference.Models.Decoders;
using Inference.Models.Prompts;

namespace Inference.Benchmarks.Steps;

/// <summary>
/// Where the time of decode steps goes: each operation of the backend, and what lies between them (planning, sampling, events).
/// </summary>
internal static class StepTimes
{
    private const int PromptTokens = 8, DecodeTokens = 384, WarmUps = 3;

    public static async Task PrintAsync(string folder, int threads)
    {
        using var cpu = new CpuBackend(new CpuOptions { Threads = threads });
        using var backend = new TimedBackend(cpu);
        using var model = VisionLanguageModel.Load(folder, backend, PromptTokens + DecodeTokens);
        Console.WriteLine(cpu.Description);
        foreach (var sequences in (int[])[1, 8])
        {
            await PrintAsync(backend, model, sequences);
        }
    }

    private static async Task PrintAsync(TimedBackend backend, VisionLanguageModel model, int sequences)
    {
        var shape = model.Decoder.Shape;
        var served = new EngineModel("model", model.Decoder, Vision: null, Tokenizer: null);
        var pages = ((PromptTokens + DecodeTokens) / KvGeometry.PageSize) + 2;
        using var engine = new InferenceEngine(backend, [served], new EngineOptions
        {
            MaxSequences = sequences,
            ContextLength = PromptTokens + DecodeTokens,
            KvBytes = backend.KvPageBytes(shape.Kv) * shape.Layers * sequences * pages,
            PrefixCacheBytes = 0,
        });
        for (var i = 0; i < WarmUps; i++)
        {
            await DecodeAsync(engine, shape, sequences);
        }

        backend.Forget();
        var wall = await DecodeAsync(engine, shape, sequences);
        var inside = backend.Times.Sum(time => time.Time.TotalSeconds) / wall.TotalSeconds;
        Console.WriteLine($"{sequences} sequences, {wall.TotalMicroseconds / DecodeTokens:F0} us a step, {inside:P0} of it in operations");
        foreach (var (name, calls, time) in backend.Times)
        {
            Console.WriteLine($"  {name,-16} {calls / (double)DecodeTokens,6:F1} calls {time.TotalMicroseconds / DecodeTokens,8:F1} us "
                + $"{time / wall,5:P0}");
        }
    }

    // From the first step, with everybody's short prompt, to the last token.
    private static async Task<TimeSpan> DecodeAsync(InferenceEngine engine, DecoderShape shape, int sequences)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, sequences).Select(async i =>
        {
            var random = new Random(i);
            var generation = engine.Submit("model", new GenerationRequest
            {
                Prompt = new EncodedPrompt([.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(shape.Vocabulary))], []),
                Sampling = new SamplingParameters { MaxTokens = DecodeTokens },
                IgnoreStopTokens = true,
            });
            await foreach (var token in generation.ReadAllAsync())
            {
                _ = token;
            }

            return await generation.Completion;
        }));
        return results.Max(result => result.Timings.Prefill + result.Timings.Decode);
    }
}
