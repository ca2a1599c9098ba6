using System.Diagnostics;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;

namespace Inference.Cli.Benchmarks.Workloads;

/// <summary>Runs a workload on an engine of its own.</summary>
internal static class WorkloadRun
{
    private const int WarmUpTokens = 4;

    /// <exception cref="CommandException">A request failed.</exception>
    public static async Task<WorkloadResult> RunAsync(BenchModel model, IBackend backend, WorkloadSettings settings, Action<string> onStage)
    {
        var shape = model.Decoder.Shape;
        var rowBytes = 2L * settings.Kv.Bytes() * shape.KvWidth * shape.Layers;
        using var engine = new InferenceEngine(backend, [model.EngineModel], new EngineOptions
        {
            StepRows = 512,
            MaxSequences = settings.Requests,
            MaxQueue = settings.Requests,
            ContextLength = settings.ContextLength,
            BoundaryRows = settings.Requests * settings.PromptTokens,
            KvFormat = settings.Kv,
            KvBytes = rowBytes * (settings.ContextLength + KvGeometry.PageSize) * settings.Requests,
        });
        var rounds = new List<Round>();
        for (var i = 0; i <= settings.Rounds; i++)
        {
            onStage(i == 0 ? "warm-up" : $"round {i} of {settings.Rounds}");
            var round = await MeasureAsync(engine, backend, model, i > 0 ? settings : WarmUp(settings), seed: i);
            if (i > 0)
            {
                rounds.Add(round);
            }
        }

        return new WorkloadResult(
            model.Label, backend.Description, settings, Medians.Of(rounds.Select(round => round.Seconds)),
            Medians.Of(rounds.Select(round => round.FirstToken)), Medians.Of(rounds.Select(round => round.Prefill)),
            [.. rounds.Select(round => round.Decode)], model.Decoder.WeightBytes,
            rowBytes * settings.ContextLength * settings.Requests, Environment.WorkingSet);
    }

    // Every kernel that is measured has run once; the lengths do not matter for that.
    private static WorkloadSettings WarmUp(WorkloadSettings settings) => settings with
    {
        Requests = Math.Min(settings.Requests, 2),
        DecodeTokens = Math.Min(settings.DecodeTokens, WarmUpTokens),
    };

    private static async Task<Round> MeasureAsync(
        InferenceEngine engine, IBackend backend, BenchModel model, WorkloadSettings settings, int seed)
    {
        var shape = model.Decoder.Shape;
        using var prompts = new WorkloadPrompts(backend, shape.Width, shape.Vocabulary, settings, seed);
        GenerationRequest[] requests = [.. Enumerable.Range(0, settings.Requests).Select(_ => new GenerationRequest
        {
            Prompt = prompts.Next(),
            Images = prompts.Images,
            Sampling = new SamplingParameters { MaxTokens = settings.DecodeTokens },
            IgnoreStopTokens = true,
            Pruning = settings.Pruning?.Resolve(shape.Layers),
        })];
        var start = Stopwatch.GetTimestamp();
        var timings = await Task.WhenAll(requests.Select(request => BenchRequests.CompleteAsync(engine.Submit(BenchModel.Name, request))));
        return new Round(
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            Medians.Of(timings.Select(time => (time.Queue + time.Encode + time.Prefill).TotalSeconds)),
            timings.Max(time => time.Prefill.TotalSeconds), timings.Max(time => time.Decode.TotalSeconds));
    }

    private readonly record struct Round(double Seconds, double FirstToken, double Prefill, double Decode);
}
