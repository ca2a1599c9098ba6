using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>
/// Measures what methods cost beside plain greedy decoding. In every round each method runs once, right after a plain run of the same sizes, so that a machine
/// that speeds up or slows down does so for both.
/// </summary>
internal static class MethodsRun
{
    private const int WarmUpTokens = 9;
    private const int WarmUpImageRows = 32;

    /// <summary>Runs all methods.</summary>
    /// <exception cref="CommandException">A request failed.</exception>
    public static async Task<IReadOnlyList<MethodCost>> RunAsync(BenchModel model, IBackend backend, MethodsSettings settings, Action<string> onStage)
    {
        var shape = model.Decoder.Shape;
        var probes = BenchProbes.Create(shape);
        using var engine = new InferenceEngine(backend, [model.EngineModel with { Probes = probes }], new EngineOptions
        {
            StepRows = 512,
            // A request and the companion of its strategy.
            MaxSequences = 2,
            ContextLength = settings.ContextLength,
            KvBytes = 2 * backend.KvPageBytes(shape.Kv) * shape.Layers * ((settings.ContextLength / KvGeometry.PageSize) + 2),
            // What is measured is computed, every time.
            PrefixCacheBytes = 0,
        });
        var seed = 0;
        var methods = MethodCase.All(shape.Layers, probes).Where(method => settings.Only.Count == 0 || settings.Only.Contains(method.Name)).ToArray();
        var samples = methods.ToDictionary(method => method, _ => new List<(MethodSample Plain, MethodSample Method)>());
        for (var round = -1; round < settings.Rounds; round++)
        {
            // The first round compiles: it is short and does not count.
            var sizes = round < 0 ? settings with
            {
                ImageRows = Math.Min(WarmUpImageRows, settings.ImageRows),
                DecodeTokens = Math.Min(WarmUpTokens, settings.DecodeTokens),
            }
            : settings;
            foreach (var method in methods)
            {
                onStage(round < 0 ? $"warm-up, {method.Name}" : $"round {round + 1} of {settings.Rounds}, {method.Name}");
                var plain = await MeasureAsync(request => request, sizes);
                var run = await MeasureAsync(method.Apply, sizes);
                if (round >= 0)
                {
                    samples[method].Add((plain, run));
                }
            }
        }

        return [.. methods.Select(method => Cost(method, samples[method], settings, model))];

        async Task<MethodSample> MeasureAsync(Func<GenerationRequest, GenerationRequest> apply, MethodsSettings sizes)
        {
            using var prompt = MethodPrompt.Create(backend, shape.Width, shape.Vocabulary, sizes.ImageRows, sizes.TextTokens, seed++);
            return await MethodSample.OfAsync(engine.Submit(BenchModel.Name, apply(new GenerationRequest
            {
                Prompt = prompt.Prompt,
                Images = [prompt.Image],
                // Rows are given: a companion takes the same time whatever they show.
                CompanionImages = [prompt.Image],
                Sampling = new SamplingParameters { MaxTokens = sizes.DecodeTokens },
                IgnoreStopTokens = true,
            })));
        }
    }

    private static MethodCost Cost(
        MethodCase method, List<(MethodSample Plain, MethodSample Method)> runs, MethodsSettings settings, BenchModel model)
    {
        var shape = model.Decoder.Shape;
        var rowBytes = 2.0 * sizeof(float) * shape.KvWidth * shape.Layers;
        var saved = runs[0].Method.Pruning?.KvBytesSaved ?? 0;
        return new MethodCost(
            method,
            [.. runs.Select(run => run.Method.Prefill / run.Plain.Prefill)],
            [.. runs.Select(run => run.Method.Token / run.Plain.Token)],
            1 - (saved / (rowBytes * settings.ImageRows)),
            1 - (saved / (rowBytes * (settings.ImageRows + settings.TextTokens))));
    }
}
