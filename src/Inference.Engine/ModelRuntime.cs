using Inference.Compute;
using Inference.Engine.Kv;
using Inference.Engine.Probes;
using Inference.Engine.Pruning;
using Inference.Engine.Scheduling;
using Inference.Models.Decoders;

namespace Inference.Engine;

/// <summary>
/// One model on the step loop: its memory, its waiting and running sequences, and the step. Touched by the loop's thread only, but for
/// counters.
/// </summary>
internal sealed class ModelRuntime : IDisposable
{
    private readonly EngineOptions _options;
    private readonly StepLimits _limits;
    private readonly KvMemory _memory;
    private readonly BoundaryPool _boundary;
    private readonly RequestQueue _queue = new();
    private readonly RunningBatch _batch;
    private readonly EndingRequests _endings;
    private readonly StallBudget _budget;
    private readonly StepRunner _steps;
    private readonly ImageEncoding _images;
    private bool _forgets;

    public ModelRuntime(IBackend backend, EngineModel model, EngineOptions options)
    {
        (Model, _options) = (model, options);
        var shape = model.Decoder.Shape;
        var context = Math.Min(options.ContextLength, model.Decoder.ContextLength);
        // Every layer of one request, the embeddings included, always fits.
        var lensRows = Math.Max(options.MaxLensRows, shape.Layers + 1);
        // One and its companion always fit.
        var sequences = Math.Max(options.MaxSequences, 2);
        _limits = new StepLimits(
            Math.Max(options.StepRows, sequences), sequences, Math.Max(options.MaxOutputs, sequences), context, lensRows,
            checked(sequences * model.Probes.Count));
        Probes = new ProbeBank(backend, model.Probes, shape);
        _memory = new KvMemory(backend, shape, options, context);
        _boundary = new BoundaryPool(backend, Math.Max(options.BoundaryRows, context), shape.Width);
        _batch = new RunningBatch(_queue, _memory, _boundary, _limits, options.MaxSequences);
        _endings = new EndingRequests(_batch, _queue, options.SlowReaderTimeout);
        _budget = new StallBudget(options.StreamStall, options.Time);
        _steps = new StepRunner(backend, model.Decoder, _memory, Probes, _limits, _budget);
        _images = new ImageEncoding(backend, model.Vision);
    }

    public EngineModel Model { get; }

    public ProbeBank Probes { get; }

    public int ContextLength => _limits.ContextLength;

    /// <summary>Whether a sequence waits for its reader.</summary>
    public bool HasPaused => _batch.Sequences.Exists(IsPaused) || _queue.Exists(IsPaused);

    public EngineLoad Load =>
        new(_queue.Taken, _batch.Count, _memory.Used, _memory.Capacity, _steps.Steps, _steps.Rows) { Preemptions = _batch.Preemptions };

    /// <summary>Checks what can be known before queueing, and takes a place in the queue. Any thread.</summary>
    /// <returns>The rows of the request, without memory.</returns>
    /// <exception cref="AdmissionException">The request does not fit, or the queue is full.</exception>
    /// <exception cref="ArgumentException">The strategy is of another model, or the continuation is none.</exception>
    /// <exception cref="Decoding.Pruning.PruningException">The plan does not fit the model.</exception>
    public KvRows Admit(GenerationRequest request)
    {
        RequestChecks.Check(request, Model.Decoder.Shape, ContextLength);
        var layout = PruningLayout.Of(request, Model.Decoder.Shape, _options.KvFormat);
        var pages = layout.Pages + PagesOfCompanion(request);
        if (pages > _memory.Capacity)
        {
            throw new AdmissionException(AdmissionError.KvTooSmall, pages, _memory.Capacity,
                $"The request needs {pages} KV pages; the server has {_memory.Capacity} in all.");
        }

        if (!_queue.TryTake(_options.MaxQueue))
        {
            throw new AdmissionException(
                AdmissionError.QueueFull, _options.MaxQueue, _options.MaxQueue, $"{_options.MaxQueue} requests are waiting already.");
        }

        return Rows(request, layout);
    }

    /// <summary>The rows of an admitted request's companion, without memory.</summary>
    public KvRows RowsOfCompanion(GenerationRequest companion) =>
        Rows(companion, PruningLayout.Of(companion, Model.Decoder.Shape, _options.KvFormat));

    /// <summary>Puts an admitted request into the queue.</summary>
    public void Enqueue(Sequence sequence) => _queue.Add(sequence);

    /// <summary>Lets the next slice give up what is kept for requests to come. Any thread.</summary>
    public void Forget() => Volatile.Write(ref _forgets, true);

    /// <summary>Does one slice of everything there is to do.</summary>
    /// <returns>Whether anything was done.</returns>
    public bool Run()
    {
        if (Interlocked.Exchange(ref _forgets, false))
        {
            _memory.Forget();
        }

        _endings.Run();
        _batch.Admit();
        _batch.Grow();
        var encoded = EncodeSlices();
        return _steps.Run(_batch) || encoded;
    }

    /// <summary>Ends every request.</summary>
    public void Abort(FinishReason reason, Exception? failure)
    {
        _batch.EndWhere(static _ => true, reason, failure);
        while (_queue.Count > 0)
        {
            _batch.End(_queue[0], reason, failure);
        }
    }

    private KvRows Rows(GenerationRequest request, KvLayout layout) => new(request, PruningLayout.ScopeOf(request), layout, _memory.Images);

    // Besides the pages of both, another one of every layer: what admission asks for.
    private long PagesOfCompanion(GenerationRequest request) => CompanionRequest.Of(request) is { } companion
        ? PruningLayout.Of(companion, Model.Decoder.Shape, _options.KvFormat).Pages + Model.Decoder.Shape.Layers
        : 0;

    private static bool IsPaused(Sequence sequence) => sequence.IsPaused;

    private bool EncodeSlices()
    {
        try
        {
            // Where nobody streams there is nothing to make room for.
            if (!_batch.Sequences.Exists(static sequence => sequence is { IsDecoding: true, PausedSince: null }))
            {
                return _images.RunSlices(_batch, int.MaxValue) > 0;
            }

            var start = _budget.Now;
            var slices = _images.RunSlices(_batch, _budget.Slices);
            if (slices > 0)
            {
                _budget.OnSlices(slices, start);
            }

            return slices > 0;
        }
#pragma warning disable CA1031 // An image that cannot be encoded ends the requests that show it, and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var image = _images.Abandon();
            _batch.EndWhere(sequence => sequence.Request.Images.Contains(image), FinishReason.Failed, failure);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _steps.Dispose();
        Probes.Dispose();
        _memory.Dispose();
        _boundary.Dispose();
    }
}
