using System.Collections.Concurrent;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine.Scheduling;
using Inference.Models.Imaging;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>
/// Runs requests of one or several models on one step loop and one backend: continuous batching, where requests join and leave between
/// steps. Thread-safe.
/// </summary>
public sealed class InferenceEngine : IDisposable
{
    // Long enough to cost nothing, short enough that a stuck reader is noticed.
    private static readonly TimeSpan PausedPoll = TimeSpan.FromMilliseconds(100);

    private readonly EngineOptions _options;
    private readonly Dictionary<string, ModelRuntime> _models;
    private readonly ModelRuntime[] _order;
    private readonly ConcurrentQueue<(ModelRuntime Model, Sequence Sequence)> _inbox = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private volatile bool _draining;
    private volatile bool _stopping;

    /// <summary>Sizes all buffers and starts the loop. The models stay the caller's.</summary>
    public InferenceEngine(IBackend backend, IEnumerable<EngineModel> models, EngineOptions options)
    {
        _options = options;
        _order = [.. models.Select(model => new ModelRuntime(backend, model, options))];
        _models = _order.ToDictionary(model => model.Model.Name, StringComparer.Ordinal);
        _thread = new Thread(RunLoop) { IsBackground = true, Name = "glassbox-steps" };
        _thread.Start();
    }

    /// <summary>The exception that ended the loop, for a watchdog; null while it runs.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Requests that may wait for a place, per model.</summary>
    public int MaxQueue => _options.MaxQueue;

    /// <summary>Tokens of one sequence of a model.</summary>
    public int ContextLength(string model) => _models[model].ContextLength;

    /// <summary>How busy a model is.</summary>
    public EngineLoad Load(string model) => _models[model].Load;

    /// <summary>
    /// Makes a preprocessed image known; the caller holds the first reference and releases it when its requests are submitted.
    /// </summary>
    /// <param name="model">The model that will see it.</param>
    /// <param name="pixels">What its tower reads.</param>
    /// <param name="plan">What its processor made of the image.</param>
    /// <param name="reduction">How its rows become fewer, or null.</param>
    public EngineImage AddImage(string model, PixelValues pixels, ImagePlan plan, ImageReduction? reduction = null)
    {
        var vision = _models[model].Model.Vision ?? throw new InvalidOperationException($"The model '{model}' has no vision tower.");
        return new EngineImage(pixels, plan, vision.CountRows(plan, reduction), vision.CountRows(plan), reduction);
    }

    /// <summary>
    /// An image whose rows are given, such as those of a benchmark or of an encoder elsewhere; it owns them. The caller holds the first
    /// reference.
    /// </summary>
    /// <param name="features">[rows, width of the decoder].</param>
    /// <param name="plan">Sizes and box geometry.</param>
    public static EngineImage AddEncodedImage(ImageFeatures features, ImagePlan plan) => EngineImage.Encoded(features, plan);

    /// <summary>Queues a request.</summary>
    /// <exception cref="AdmissionException">It does not fit, the queue is full, or the engine is draining.</exception>
    /// <exception cref="Inference.Decoding.Pruning.PruningException">
    /// The pruning plan names a block that the model does not have.
    /// </exception>
    public Generation Submit(string model, GenerationRequest request)
    {
        if (_draining)
        {
            throw new AdmissionException(AdmissionError.Draining, 0, 0, "The server is shutting down.");
        }

        var runtime = _models[model];
        var probing = runtime.Probes.Read(request.Probes);
        var rows = runtime.Admit(request);
        var generation = new Generation(_options.UnreadTokens, Wake);
        var delay = request.Priority == RequestPriority.Batch ? _options.BatchDelay : TimeSpan.Zero;
        var sequence = new Sequence(request, rows, generation, CreateSampler(runtime, request), CreateText(runtime, request), delay)
        {
            Probing = probing,
        };
        if (CompanionRequest.Of(request) is { } companion)
        {
            sequence.Accompany(companion, runtime.RowsOfCompanion(companion));
            TakeReferences(companion.Images);
        }

        TakeReferences(request.Images);
        _inbox.Enqueue((runtime, sequence));
        request.CancellationToken.UnsafeRegister(static engine => ((InferenceEngine)engine!).Wake(), this);
        Wake();
        return generation;
    }

    /// <summary>
    /// Gives up the keys and values that are kept for requests to come, before anything else is computed: for those who measure, so that
    /// nothing is found that something else has left.
    /// </summary>
    public void ForgetPrefixes()
    {
        foreach (var model in _order)
        {
            model.Forget();
        }

        Wake();
    }

    /// <summary>Takes no new requests and waits until the ones inside have ended, or <paramref name="cancellationToken"/> fires.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        while (_order.Any(model => model.Load is { Queued: > 0 } or { Running: > 0 }) && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static void TakeReferences(IReadOnlyList<EngineImage> images)
    {
        foreach (var image in images)
        {
            image.AddReference();
        }
    }

    private static Sampler CreateSampler(ModelRuntime runtime, GenerationRequest request)
    {
        var sampler = new Sampler(request.Sampling, runtime.Model.Decoder.Shape.Vocabulary);
        var prompt = request.Prompt;
        var spans = prompt.Images;
        var next = 0;
        for (var i = 0; i < prompt.InputIds.Length; i++)
        {
            if (next < spans.Count && i == spans[next].Start)
            {
                i += spans[next++].Count - 1;
            }
            else
            {
                sampler.Observe(prompt.InputIds[i]);
            }
        }

        return sampler;
    }

    private static TokenText? CreateText(ModelRuntime runtime, GenerationRequest request) => runtime.Model.Tokenizer is { } tokenizer
        ? new TokenText(
            tokenizer.DecodeStream(skipSpecialTokens: true), new StopMatcher(request.IgnoreStopTokens ? [] : request.Sampling.StopStrings))
        : null;

    private void Wake() => _wake.Release();

    private void RunLoop()
    {
        try
        {
            while (!_stopping)
            {
                TakeSubmitted();
                var worked = false;
                foreach (var model in _order)
                {
                    worked |= model.Run();
                }

                if (!worked)
                {
                    _wake.Wait(_order.Any(model => model.HasPaused) ? PausedPoll : Timeout.InfiniteTimeSpan);
                }
            }

            End(FinishReason.Cancelled, null);
        }
#pragma warning disable CA1031 // The loop's single boundary: whatever escapes ends every request and is reported by the watchdog.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fault = failure;
            _draining = true;
            End(FinishReason.Failed, failure);
        }
    }

    private void TakeSubmitted()
    {
        while (_inbox.TryDequeue(out var item))
        {
            item.Model.Enqueue(item.Sequence);
        }
    }

    private void End(FinishReason reason, Exception? failure)
    {
        _draining = true;
        TakeSubmitted();
        foreach (var model in _order)
        {
            model.Abort(reason, failure);
        }
    }

    /// <summary>Ends every request and stops the loop.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        _thread.Join();
        foreach (var model in _order)
        {
            model.Dispose();
        }

        _wake.Dispose();
    }
}
