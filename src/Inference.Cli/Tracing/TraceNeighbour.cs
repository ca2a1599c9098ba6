using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models;
using Inference.Models.Prompts;

namespace Inference.Cli.Tracing;

/// <summary>
/// A request that runs beside the traced one, to show that it changes nothing: other text, other length, with and without the images,
/// greedy and drawn, some leaving in the middle.
/// </summary>
/// <param name="Prompt">Its prompt.</param>
/// <param name="WithImages">Whether the prompt shows the images.</param>
/// <param name="Sampling">How it draws.</param>
/// <param name="Chunk">Most prompt rows a step, or null.</param>
/// <param name="Pruning">Image rows it drops, or null.</param>
internal sealed record TraceNeighbour(EncodedPrompt Prompt, bool WithImages, SamplingParameters Sampling, int? Chunk, PruningPlan? Pruning)
{
    /// <summary>Prompt and generated tokens.</summary>
    public int Slots => Prompt.InputIds.Length + Sampling.MaxTokens;

    /// <summary>Variants of a traced prompt.</summary>
    public static IReadOnlyList<TraceNeighbour> Plan(
        EncodedPrompt prompt, IReadOnlyList<TraceImage> images, int tokens, TraceSettings settings, VisionLanguageModel model)
    {
        var context = model.Decoder.ContextLength;
        // Steps that the traced request may take: image slices between decode steps, chunks, tokens.
        var slices = images.Sum(image => image.Pixels.Tiles) * (model.Config.Vision?.Layers ?? 0) * 2;
        var steps = slices + (prompt.InputIds.Length / Math.Max(settings.Chunk ?? int.MaxValue, 1)) + (2 * tokens) + (8 * settings.Beside);
        return [.. Enumerable.Range(1, settings.Beside).Select(i =>
        {
            var withImages = images.Count > 0 && i % 2 == 1;
            var variant = withImages ? Rotated(prompt, i) : WithoutImages(prompt, i);
            var left = Math.Max(1, context - variant.InputIds.Length);
            var sampling = new SamplingParameters
            {
                DoSample = i % 3 != 0,
                Temperature = 0.5f + (0.1f * (i % 8)),
                Seed = (ulong)i,
                MaxTokens = Math.Min(left, i % 4 == 0 ? Math.Max(1, tokens / 2) : steps),
            };
            return new TraceNeighbour(variant, withImages, sampling, settings.Chunk, PlanOf(i, model.Decoder.Shape.Layers));
        })];
    }

    /// <summary>Submits it and reads it to its end.</summary>
    /// <param name="engine">The engine of the traced request.</param>
    /// <param name="images">The images, encoded apart from those of the traced request.</param>
    /// <param name="stop">Ends it.</param>
    public Running Start(InferenceEngine engine, IReadOnlyList<EngineImage> images, CancellationToken stop)
    {
        var decoding = new TaskCompletionSource();
        var generation = engine.Submit(TraceModel.Name, new GenerationRequest
        {
            Prompt = Prompt,
            Images = WithImages ? images : [],
            Sampling = Sampling,
            IgnoreStopTokens = true,
            PrefillChunk = Chunk,
            Pruning = Pruning,
            CancellationToken = stop,
        });
        return new Running(decoding.Task, ReadAsync(generation, decoding));
    }

    private static async Task ReadAsync(Generation generation, TaskCompletionSource decoding)
    {
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None))
        {
            decoding.TrySetResult();
        }

        decoding.TrySetResult();
    }

    // Every other request with images drops some, at other layers than the one before.
    private static PruningPlan? PlanOf(int i, int layers) => i % 4 != 1 || layers < 2
        ? null
        : PruningPlan.Create(
            [new PruningStage(1 + (i / 4 % (layers - 1)), 0.5)], i % 8 == 1 ? PositionPolicy.Reindex : PositionPolicy.Keep);

    // The text tokens behind the last image in another order; images stay where they are.
    private static EncodedPrompt Rotated(EncodedPrompt prompt, int by)
    {
        var tail = prompt.Images.Count == 0 ? 0 : prompt.Images[^1].Start + prompt.Images[^1].Count;
        var ids = prompt.InputIds;
        var text = ids.Length - tail;
        return prompt with { InputIds = [.. ids[..tail], .. Enumerable.Range(0, text).Select(i => ids[tail + ((i + by) % text)])] };
    }

    private static EncodedPrompt WithoutImages(EncodedPrompt prompt, int by)
    {
        var text = prompt.WithoutImages().InputIds;
        var length = Math.Max(1, (text.Length / 2) + (3 * by % (text.Length + 1)));
        return new EncodedPrompt([.. Enumerable.Range(0, length).Select(i => text.Length == 0 ? 0 : text[(i + by) % text.Length])], []);
    }

    /// <summary>A neighbour on its way.</summary>
    /// <param name="Decoding">Ends with its first token.</param>
    /// <param name="Ended">Ends with its last.</param>
    internal sealed record Running(Task Decoding, Task Ended);
}
