using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>
/// Measures what methods cost beside plain greedy decoding: the two take turns token by token, so that a machine that speeds up or slows
/// down does so for both.
/// </summary>
internal static class MethodsRun
{
    private const int Sequences = 3;
    private const int WarmUpTokens = 9;
    private const int WarmUpImageRows = 32;

    /// <summary>Runs all methods.</summary>
    /// <exception cref="CommandException">A request failed.</exception>
    public static async Task<IReadOnlyList<MethodCost>> RunAsync(
        BenchModel model, IBackend backend, MethodsSettings settings, Action<string> onStage)
    {
        var shape = model.Decoder.Shape;
        var probes = BenchProbes.Create(shape);
        using var engine = new InferenceEngine(backend, [model.EngineModel with { Probes = probes }], new EngineOptions
        {
            StepRows = 512,
            // Both, and the companion of a strategy.
            MaxSequences = Sequences,
            // A sequence goes on when its token has been read.
            UnreadTokens = 1,
            ContextLength = settings.ContextLength,
            KvBytes = Sequences * backend.KvPageBytes(shape.Kv) * shape.Layers * ((settings.ContextLength / KvGeometry.PageSize) + 2),
            // What is measured is computed, every time.
            PrefixCacheBytes = 0,
        });
        var seed = 0;
        var methods = MethodCase.All(shape.Layers, probes).Where(method => settings.Only.Count == 0 || settings.Only.Contains(method.Name))
            .ToArray();
        var samples = methods.ToDictionary(method => method, _ => new List<MethodSample>());
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
                var sample = await MeasureAsync(method, sizes);
                if (round >= 0)
                {
                    samples[method].Add(sample);
                }
            }
        }

        return [.. methods.Select(method => Cost(method, samples[method], settings, model))];

        async Task<MethodSample> MeasureAsync(MethodCase method, MethodsSettings sizes)
        {
            using var prompt = Prompt(sizes);
            using var other = Prompt(sizes);
            return await MethodSample.OfAsync(
                () => engine.Submit(BenchModel.Name, Request(prompt, sizes)),
                () => engine.Submit(BenchModel.Name, method.Apply(Request(other, sizes))));
        }

        MethodPrompt Prompt(MethodsSettings sizes) =>
            MethodPrompt.Create(backend, shape.Width, shape.Vocabulary, sizes.ImageRows, sizes.TextTokens, seed++);
    }

    private static GenerationRequest Request(MethodPrompt prompt, MethodsSettings sizes) => new()
    {
        Prompt = prompt.Prompt,
        Images = [prompt.Image],
        // Rows are given: a companion takes the same time whatever they show.
        CompanionImages = [prompt.Image],
        Sampling = new SamplingParameters { MaxTokens = sizes.DecodeTokens },
        IgnoreStopTokens = true,
    };

    private static MethodCost Cost(MethodCase method, List<MethodSample> runs, MethodsSettings settings, BenchModel model)
    {
        var shape = model.Decoder.Shape;
        var rowBytes = 2.0 * sizeof(float) * shape.KvWidth * shape.Layers;
        var saved = runs[0].Pruning?.KvBytesSaved ?? 0;
        return new MethodCost(
            method,
            [.. runs.Select(run => run.Prefill)],
            [.. runs.Select(run => run.Token)],
            1 - (saved / (rowBytes * settings.ImageRows)),
            1 - (saved / (rowBytes * (settings.ImageRows + settings.TextTokens))));
    }
}
