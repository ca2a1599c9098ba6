using System.Diagnostics;
using Inference.Cli.Benchmarks.Load;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Models.Decoders;
using Inference.Models.Imaging;
using Inference.Models.Loading;
using Inference.Models.Prompts;
using Inference.Models.Vision;

namespace Inference.Cli.Benchmarks.Stalls;

/// <summary>Streams, and an image of several tiles that is encoded and prefilled meanwhile. Weights are random.</summary>
/// <param name="backend">What runs it.</param>
/// <param name="decoder">The decoder.</param>
/// <param name="vision">The tower; images are packed as in LLaVA-NeXT.</param>
internal sealed class StallRun(IBackend backend, Decoder decoder, VisionEncoder vision)
{
    private const int PromptTokens = 32, IdleTokens = 48, StreamTokens = 4096, Side = 2;

    // A square image of 2 x 2 tiles and the view of the whole.
    private ImagePlan Plan => new(
        1 + (Side * Side), vision.Shape.ImageSize, vision.Shape.ImageSize, (Side, Side),
        (Side * vision.Shape.ImageSize, Side * vision.Shape.ImageSize), BoxMapping.Whole(vision.Shape.ImageSize, vision.Shape.ImageSize));

    /// <summary>Measures with so many streams.</summary>
    public async Task<StallResult> RunAsync(int streams, Action<string> onStage)
    {
        var (rows, shape) = (vision.CountRows(Plan), decoder.Shape);
        using var engine = new InferenceEngine(backend, [new EngineModel(BenchModel.Name, decoder, vision, Tokenizer: null)], new EngineOptions
        {
            MaxSequences = streams + 1,
            MaxQueue = streams + 1,
            ContextLength = decoder.ContextLength,
            KvBytes = 2L * sizeof(float) * shape.KvWidth * shape.Layers * ((rows + PromptTokens) + (streams * decoder.ContextLength)),
        });
        using var stop = new CancellationTokenSource();
        Stream[] running = [.. Enumerable.Range(0, streams).Select(i => new Stream(engine.Submit(BenchModel.Name, new GenerationRequest
        {
            Prompt = BenchRequests.TextPrompt(PromptTokens, shape.Vocabulary, i),
            Sampling = new SamplingParameters { MaxTokens = Math.Min(StreamTokens, decoder.ContextLength - PromptTokens) },
            IgnoreStopTokens = true,
            CancellationToken = stop.Token,
        })))];
        onStage("streams alone");
        await Task.WhenAll(running.Select(stream => stream.HasTokens(IdleTokens)));
        var begin = Stopwatch.GetTimestamp();
        onStage($"an image of {Plan.Tiles} tiles beside them");
        await AskAsync(engine, rows, shape.Vocabulary);
        var end = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await Task.WhenAll(running.Select(stream => stream.Ended));
        // The first tokens come while other streams are still prefilled.
        var idle = running.SelectMany(stream => stream.Gaps(stream.TimeOf(IdleTokens / 2), begin));
        var beside = running.SelectMany(stream => stream.Gaps(begin, end));
        return new StallResult(
            streams, Plan.Tiles, rows, Percentiles.Of(idle), Percentiles.Of(beside), Stopwatch.GetElapsedTime(begin, end).TotalSeconds);
    }

    private async Task AskAsync(InferenceEngine engine, int rows, int vocabulary)
    {
        var random = new Random(0);
        var plan = Plan;
        var pixels = new float[plan.Tiles * 3 * plan.Height * plan.Width];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = random.NextSingle() - 0.5f;
        }

        var image = engine.AddImage(
            BenchModel.Name, new PixelValues(plan.Tiles, 3, plan.Height, plan.Width, pixels, plan.OriginalSize), plan);
        var text = BenchRequests.TextPrompt(PromptTokens, vocabulary, seed: -1);
        var asked = engine.Submit(BenchModel.Name, new GenerationRequest
        {
            Prompt = new EncodedPrompt([.. new int[rows], .. text.InputIds], [new ImageSpan(0, rows, 0)]),
            Images = [image],
            Sampling = new SamplingParameters { MaxTokens = 1 },
            IgnoreStopTokens = true,
        });
        image.Release();
        await BenchRequests.CompleteAsync(asked);
    }

    // Reads a generation and notes when its tokens come.
    private sealed class Stream
    {
        private readonly List<long> _times = [];
        private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
        private readonly Lock _lock = new();

        public Stream(Generation generation) => Ended = ReadAsync(generation);

        public Task Ended { get; }

        public Task HasTokens(int count)
        {
            lock (_lock)
            {
                var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_times.Count >= count)
                {
                    reached.SetResult();
                }

                _waiting.Add((count, reached));
                return reached.Task;
            }
        }

        public long TimeOf(int token)
        {
            lock (_lock)
            {
                return _times[token];
            }
        }

        /// <summary>Milliseconds between tokens, of which the second comes within a time.</summary>
        public IReadOnlyList<double> Gaps(long begin, long end)
        {
            lock (_lock)
            {
                return [.. _times.Zip(_times.Skip(1)).Where(pair => pair.Second > begin && pair.Second <= end)
                    .Select(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second).TotalMilliseconds)];
            }
        }

        private async Task ReadAsync(Generation generation)
        {
            await foreach (var token in generation.ReadAllAsync())
            {
                _ = token;
                lock (_lock)
                {
                    _times.Add(Stopwatch.GetTimestamp());
                    foreach (var (count, reached) in _waiting)
                    {
                        if (_times.Count == count)
                        {
                            reached.SetResult();
                        }
                    }
                }
            }
        }
    }
}
