using System.Diagnostics;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Prompts;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>
/// Measures cycle consistency beside one description: the candidates ask the same, and each is followed by a question of the same
/// length about the same image, as candidates with different texts are. Every round has an image of its own.
/// </summary>
internal static class CandidatesRun
{
    /// <exception cref="CommandException">A request failed.</exception>
    public static async Task<CandidatesCost> RunAsync(
        BenchModel model, IBackend backend, MethodsSettings settings, int candidates, Action<string> onStage)
    {
        var shape = model.Decoder.Shape;
        using var engine = new InferenceEngine(backend, [model.EngineModel], new EngineOptions
        {
            StepRows = 512,
            MaxSequences = 2 * candidates,
            ContextLength = settings.ContextLength,
            KvBytes = 4L * candidates * sizeof(float) * shape.KvWidth * shape.Layers * (settings.ContextLength + KvGeometry.PageSize),
        });
        var seed = 0;
        var (one, all) = (new List<double>(), new List<double>());
        // The first round compiles and does not count.
        for (var round = -1; round < settings.Rounds; round++)
        {
            onStage(round < 0 ? "warm-up" : $"round {round + 1} of {settings.Rounds}");
            var plain = await MeasureAsync(prompt => RequestAsync(prompt.Image, prompt.Prompt, 0));
            var ranked = await MeasureAsync(prompt => Task.WhenAll(Enumerable.Range(0, candidates).Select(async i =>
            {
                await RequestAsync(prompt.Image, prompt.Prompt, i);
                await RequestAsync(prompt.Image, prompt.WithOtherText(shape.Vocabulary, i), i);
            })));
            if (round >= 0)
            {
                one.Add(plain);
                all.Add(ranked);
            }
        }

        return new CandidatesCost(candidates, one, all);

        async Task<double> MeasureAsync(Func<MethodPrompt, Task> run)
        {
            using var prompt = MethodPrompt.Create(backend, shape.Width, shape.Vocabulary, settings.ImageRows, settings.TextTokens, seed++);
            var start = Stopwatch.GetTimestamp();
            await run(prompt);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Task RequestAsync(EngineImage image, EncodedPrompt prompt, int index) => BenchRequests.CompleteAsync(
            engine.Submit(BenchModel.Name, new GenerationRequest
        {
            Prompt = prompt,
            Images = [image],
            Sampling = new SamplingParameters { DoSample = index > 0, Seed = (ulong)index, MaxTokens = settings.DecodeTokens },
            IgnoreStopTokens = true,
        }));
    }
}
