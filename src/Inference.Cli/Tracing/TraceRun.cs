using System.Text;
using Inference.Cli.Options;
using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Checkpoints;
using Inference.Models.Prompts;

namespace Inference.Cli.Tracing;

/// <summary>Runs one traced request on an engine made for it.</summary>
internal static class TraceRun
{
    /// <summary>Tokens of a trace that does not say how many.</summary>
    public const int DefaultTokens = 24;

    // Rows of a step, all of which may be asked for their logits: memory goes with it, results do not.
    private const int StepRows = 256;

    /// <summary>Runs the request and, beside it, as many others as the settings say.</summary>
    /// <exception cref="CommandException">The request failed.</exception>
    public static async Task<TraceResult> RunAsync(
        TraceModel model, IBackend backend, TraceSettings settings, CancellationToken cancellationToken)
    {
        var shape = model.Model.Decoder.Shape;
        settings.Pruning?.CheckModel(model.Model.Fingerprint);
        var (plan, reduction) = (settings.Pruning?.Resolve(shape.Layers), settings.Pruning?.Reduction);
        IReadOnlyList<TraceImage> images =
            [.. settings.Images.Select(file => TraceImage.Load(model.Model, file, settings.Model.ApplyExifOrientation, reduction))];
        var prompt = model.Encode(settings.Prompt, settings.Raw, [.. images.Select(image => image.Rows)]);
        var sampling = Sampling(model, settings);
        var neighbours = TraceNeighbour.Plan(prompt, images, sampling.MaxTokens, settings, model.Model);

        // What does not fit the model is refused when it is submitted, not given memory before.
        var traced = (long)prompt.InputIds.Length + sampling.MaxTokens;
        // A companion of the strategy is as long as the traced request, or shorter.
        var answering = sampling.Strategy?.Companion is null ? 1 : 2;
        long[] lengths = [.. Enumerable.Repeat(traced, answering), .. neighbours.Select(neighbour => (long)neighbour.Slots)];
        var context = (int)Math.Min(lengths.Max(), model.Model.Decoder.ContextLength);
        using var engine = new InferenceEngine(backend, [model.EngineModel], new EngineOptions
        {
            StepRows = StepRows,
            MaxOutputs = StepRows,
            MaxSequences = lengths.Length,
            MaxQueue = neighbours.Count + 1,
            MaxLensRows = (neighbours.Count + 1) * (shape.Layers + 1),
            ContextLength = context,
            KvBytes = backend.KvPageBytes(shape.Kv) * shape.Layers * lengths.Sum(length => Pages((int)Math.Min(length, context))),
            BoundaryRows = lengths.Sum(length => (int)Math.Min(length, context)),
            // Slices as thin as can be, so that steps of the others fall between them.
            StreamStall = 0,
        });
        var recorder = new TraceRecorder(RowsOfHidden(prompt, plan, shape.Layers), shape.Width, shape.Vocabulary);
        var request = new GenerationRequest
        {
            Prompt = prompt,
            Images = AddImages(engine, images),
            CompanionImages = sampling.Strategy?.Companion is CompanionPrompt.NoisedImages noise
                ? AddImages(engine, [.. images.Select(image => image.Under(noise))])
                : [],
            Sampling = sampling,
            IgnoreStopTokens = settings.Raw,
            PrefillChunk = settings.Chunk,
            Trace = recorder,
            Pruning = plan,
            CancellationToken = cancellationToken,
        };

        var (generated, text, result) = await RunBesideAsync(engine, request, neighbours, images, cancellationToken);
        return new TraceResult
        {
            InputIds = prompt.InputIds,
            Images = images,
            HasTiles = model.Model.Config.Family == ModelFamily.LlavaNext,
            Width = shape.Width,
            Vocabulary = shape.Vocabulary,
            Recorded = recorder,
            Generated = generated,
            Text = text,
            Result = result,
        };
    }

    // The first half of the others is decoding when the traced request arrives, the second half joins while it runs.
    private static async Task<(List<int> Generated, string Text, GenerationResult Result)> RunBesideAsync(
        InferenceEngine engine, GenerationRequest request, IReadOnlyList<TraceNeighbour> neighbours, IReadOnlyList<TraceImage> images,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        EngineImage[] shared = neighbours.Count == 0 ? [] : AddImages(engine, images);
        var early = (neighbours.Count + 1) / 2;
        List<TraceNeighbour.Running> running = [.. neighbours.Take(early).Select(neighbour => neighbour.Start(engine, shared, stop.Token))];
        await Task.WhenAll(running.Select(neighbour => neighbour.Decoding));

        var generation = engine.Submit(TraceModel.Name, request);
        running.AddRange(neighbours.Skip(early).Select(neighbour => neighbour.Start(engine, shared, stop.Token)));
        var generated = new List<int>();
        var text = new StringBuilder();
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None))
        {
            generated.Add(token.Id);
            text.Append(token.Text);
        }

        var result = await generation.Completion;
        await stop.CancelAsync();
        await Task.WhenAll(running.Select(neighbour => neighbour.Ended));
        foreach (var image in (EngineImage[])[.. request.Images, .. request.CompanionImages, .. shared])
        {
            image.Release();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return result.Reason == FinishReason.Failed
            ? throw new CommandException($"The request failed: {result.Failure?.Message}", result.Failure)
            : (generated, text.ToString(), result);
    }

    private static EngineImage[] AddImages(InferenceEngine engine, IReadOnlyList<TraceImage> images) =>
        [.. images.Select(image => engine.AddImage(TraceModel.Name, image.Pixels, image.Plan, image.Reduction))];

    // A stage before block l shortens the outputs of block l and later: hidden[l + 1] and on.
    private static int[] RowsOfHidden(EncodedPrompt prompt, PruningPlan? plan, int layers)
    {
        IReadOnlyList<PruningStage> stages = prompt.Images.Count == 0 || plan is null ? [] : plan.Stages;
        return [.. Enumerable.Range(0, layers + 1).Select(i =>
        {
            var passed = stages.Count(stage => stage.Layer < i);
            return passed == 0
                ? prompt.InputIds.Length
                : prompt.TextTokens + prompt.Images.Sum(image => stages[passed - 1].Kept(image.Count));
        })];
    }

    private static SamplingParameters Sampling(TraceModel model, TraceSettings settings)
    {
        var defaults = new SamplingOverrides { MaxTokens = DefaultTokens, StopTokenIds = model.Model.EosTokenIds };
        var strategy = PriorFiles.Expand(settings.Sampling.Strategy, model.Model.Fingerprint);
        return SamplingParameters.Resolve(defaults, settings.Sampling).With(strategy, model.Model.Decoder.Shape.Layers);
    }

    // Of one layer, with one more, which must be there for another sequence to be let in.
    private static long Pages(int slots) => (slots / KvGeometry.PageSize) + 2;
}
