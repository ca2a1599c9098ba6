using System.Diagnostics;
using Inference.Compute;
using Inference.Decoding.Sampling;
using Inference.Engine.Kv;
using Inference.Engine.Probes;
using Inference.Engine.Pruning;
using Inference.Engine.Scheduling;
using Inference.Models.Decoders;

namespace Inference.Engine;

/// <summary>One model on the step loop: its KV pages, its waiting and running sequences, and the step. Touched by the loop's thread only, but for counters.</summary>
internal sealed class ModelRuntime : IDisposable
{
    private readonly IBackend _backend;
    private readonly EngineOptions _options;
    private readonly StepLimits _limits;
    private readonly KvPool _kv;
    private readonly PagePool _pages;
    private readonly BoundaryPool _boundary;
    private readonly StagePruner _pruner;
    private readonly StepBatch _batch;
    private readonly StepPlanner _planner;
    private readonly TraceObserver _observer;
    private readonly TokenSelector _selector;
    private readonly Workspace _workspace;
    private readonly ImageEncoding _images;
    private readonly Queue<Sequence> _waiting = new();
    private readonly List<Sequence> _running = [];
    private readonly float[] _scores;
    private int _lensRows;
    private int _queued;
    private long _steps;
    private long _stepRows;

    public ModelRuntime(IBackend backend, EngineModel model, EngineOptions options)
    {
        (_backend, Model, _options) = (backend, model, options);
        var shape = model.Decoder.Shape;
        var context = Math.Min(options.ContextLength, model.Decoder.ContextLength);
        // Every layer of one request, the embeddings included, always fits.
        var lensRows = Math.Max(options.MaxLensRows, shape.Layers + 1);
        _limits = new StepLimits(
            Math.Max(options.StepRows, options.MaxSequences), options.MaxSequences, Math.Max(options.MaxOutputs, options.MaxSequences), context, lensRows,
            checked(options.MaxSequences * model.Probes.Count));
        _kv = CreatePool(backend, shape, options.KvBytes, context);
        _pages = new PagePool(_kv.Pages);
        _boundary = new BoundaryPool(backend, Math.Max(options.BoundaryRows, context), shape.Width);
        _pruner = new StagePruner(backend, model.Decoder, _limits);
        Probes = new ProbeBank(backend, model.Probes, shape);
        _scores = new float[_limits.Scores];
        _batch = new StepBatch(backend, shape.Layers, _limits, Probes.Vectors);
        _planner = new StepPlanner(_limits);
        _observer = new TraceObserver(backend, shape.Layers);
        _selector = new TokenSelector(backend, shape.Vocabulary, shape.Layers + 1);
        _images = new ImageEncoding(backend, model.Vision);
        _workspace = new Workspace(backend, Math.Max(model.Decoder.WorkspaceLength(_limits), _pruner.WorkspaceLength));
    }

    public EngineModel Model { get; }

    public ProbeBank Probes { get; }

    public int ContextLength => _limits.ContextLength;

    /// <summary>Whether a running sequence waits for its reader.</summary>
    public bool HasPaused => _running.Exists(sequence => sequence.PausedSince is not null);

    public EngineLoad Load => new(
        Volatile.Read(ref _queued), _running.Count, _pages.Reserved, _pages.Capacity, Volatile.Read(ref _steps), Volatile.Read(ref _stepRows));

    /// <summary>Checks what can be known before queueing, and takes a place in the queue. Any thread.</summary>
    /// <returns>How much KV memory it takes.</returns>
    /// <exception cref="AdmissionException">The request does not fit, or the queue is full.</exception>
    /// <exception cref="Decoding.Pruning.PruningException">The plan does not fit the model.</exception>
    public KvLayout Admit(GenerationRequest request)
    {
        var tokens = (long)request.Prompt.InputIds.Length + request.Sampling.MaxTokens;
        if (tokens > ContextLength)
        {
            throw new AdmissionException(AdmissionError.TooLong, tokens, ContextLength,
                $"The prompt has {request.Prompt.InputIds.Length} tokens and up to {request.Sampling.MaxTokens} are to be generated; the context holds {ContextLength}.");
        }

        var layers = Model.Decoder.Shape.Layers;
        if (request.Sampling.Strategy is { } strategy && strategy.Layers != layers)
        {
            throw new ArgumentException($"A strategy for {layers} layers was expected, found one for {strategy.Layers}.", nameof(request));
        }

        CheckContinuation(request);
        request.Pruning?.CheckLayers(layers);
        var layout = PruningLayout.Of(request, Model.Decoder.Shape);
        var pages = layout.Pages;
        if (pages > _pages.Capacity)
        {
            throw new AdmissionException(AdmissionError.KvTooSmall, pages, _pages.Capacity,
                $"The request needs {pages} KV pages; the server has {_pages.Capacity} in all.");
        }

        if (Interlocked.Increment(ref _queued) > _options.MaxQueue)
        {
            var found = Interlocked.Decrement(ref _queued);
            throw new AdmissionException(AdmissionError.QueueFull, found, _options.MaxQueue, $"{_options.MaxQueue} requests are waiting already.");
        }

        return layout;
    }

    /// <summary>Puts an admitted request into the queue.</summary>
    public void Enqueue(Sequence sequence) => _waiting.Enqueue(sequence);

    /// <summary>Does one slice of everything there is to do.</summary>
    /// <returns>Whether anything was done.</returns>
    public bool Run()
    {
        RemoveEnded();
        RemoveCancelled();
        AdmitWaiting();
        var encoded = EncodeSlice();
        return RunStep() || encoded;
    }

    /// <summary>Ends every request.</summary>
    public void Abort(FinishReason reason, Exception? failure)
    {
        foreach (var sequence in _running)
        {
            sequence.Finish(reason, failure);
        }

        _running.Clear();
        _lensRows = 0;
        while (_waiting.TryDequeue(out var sequence))
        {
            Interlocked.Decrement(ref _queued);
            sequence.Finish(reason, failure);
        }
    }

    private void CheckContinuation(GenerationRequest request)
    {
        if (request.Continuation.Count > 0 && request.Continuation.Count >= request.Sampling.MaxTokens)
        {
            throw new ArgumentException(
                $"A continuation of fewer than {request.Sampling.MaxTokens} tokens was expected, found {request.Continuation.Count}.", nameof(request));
        }

        foreach (var token in request.Continuation)
        {
            if ((uint)token >= (uint)Model.Decoder.Shape.Vocabulary)
            {
                throw new ArgumentException($"A token below {Model.Decoder.Shape.Vocabulary} was expected in the continuation, found {token}.", nameof(request));
            }
        }
    }

    private static KvPool CreatePool(IBackend backend, DecoderShape shape, long bytes, int context)
    {
        var pageBytes = (long)KvLayout.BytesOf(shape) * KvGeometry.PageSize;
        var atLeast = KvLayout.Uniform(shape, context, context).Pages;
        return backend.CreateKvPool(shape.Kv, checked((int)Math.Max(bytes / pageBytes, atLeast)));
    }

    private void RemoveEnded()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            var sequence = _running[i];
            if (sequence.IsCancelled)
            {
                End(i, FinishReason.Cancelled);
            }
            else if (!sequence.Generation.IsFull)
            {
                sequence.PausedSince = null;
            }
            else if (sequence.PausedSince is not { } since)
            {
                sequence.PausedSince = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(since) > _options.SlowReaderTimeout)
            {
                End(i, FinishReason.SlowReader);
            }
        }
    }

    private void End(int index, FinishReason reason, Exception? failure = null)
    {
        var sequence = _running[index];
        _running.RemoveAt(index);
        _lensRows -= sequence.LensRows;
        sequence.Finish(reason, failure);
    }

    // Wherever they stand: a place in the queue that nobody waits in would be refused to another.
    private void RemoveCancelled()
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var sequence = _waiting.Dequeue();
            if (sequence.IsCancelled)
            {
                Interlocked.Decrement(ref _queued);
                sequence.Finish(FinishReason.Cancelled);
            }
            else
            {
                _waiting.Enqueue(sequence);
            }
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.TryPeek(out var sequence)
            && _running.Count < _options.MaxSequences
            && _lensRows + sequence.LensRows <= _limits.LensRows
            && TryReserve(sequence))
        {
            _waiting.Dequeue();
            Interlocked.Decrement(ref _queued);
            _running.Add(sequence);
            _lensRows += sequence.LensRows;
        }
    }

    private bool TryReserve(Sequence sequence)
    {
        var isPruned = sequence.Layout.Groups.Count > 1;
        if ((isPruned && _boundary.Free < sequence.Prompt.InputIds.Length) || SequencePages.TryReserve(_pages, sequence.Layout) is not { } pages)
        {
            return false;
        }

        sequence.Admit(pages, isPruned ? PrunedPrompt.Create(_boundary, sequence.Prompt, sequence.Request.Pruning!, sequence.LensRows) : null);
        return true;
    }

    private bool EncodeSlice()
    {
        // Nobody streams: there is nothing to make room for.
        var layers = _running.Exists(sequence => sequence.IsDecoding) ? _options.VisionLayersPerSlice : int.MaxValue;
        try
        {
            return _images.RunSlice(_running, layers);
        }
#pragma warning disable CA1031 // An image that cannot be encoded ends the requests that show it, and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var image = _images.Abandon();
            EndWhere(sequence => sequence.Request.Images.Contains(image), failure);
            return true;
        }
    }

    private void EndAll(List<StepEntry> entries, Exception failure)
    {
        foreach (var entry in entries)
        {
            if (_running.IndexOf(entry.Sequence) is >= 0 and var index)
            {
                End(index, FinishReason.Failed, failure);
            }
        }
    }

    private void EndWhere(Predicate<Sequence> affected, Exception failure)
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (affected(_running[i]))
            {
                End(i, FinishReason.Failed, failure);
            }
        }
    }

    private bool RunStep()
    {
        var entries = _planner.Plan(_running, _batch);
        if (entries.Count == 0)
        {
            return false;
        }

        try
        {
            _workspace.Release(0);
            var logits = Model.Decoder.Forward(_batch, _kv, _workspace, _observer.For(entries));
            _backend.Download(_batch.ScoreBuffer, 0, _scores.AsSpan(0, _batch.ScoreCount));
            foreach (var entry in entries)
            {
                Commit(entry, logits);
            }

            PassStages(entries);
        }
#pragma warning disable CA1031 // A step that breaks ends the sequences it held, whose caches are in doubt, and nothing else.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            EndAll(entries, failure);
        }

        Volatile.Write(ref _steps, _steps + 1);
        Volatile.Write(ref _stepRows, _stepRows + _batch.Rows);
        return true;
    }

    // After all logits are read: ranking works in the same memory.
    private void PassStages(List<StepEntry> entries)
    {
        _workspace.Release(0);
        foreach (var entry in entries)
        {
            if (entry.Sequence.AwaitsStage)
            {
                _pruner.Run(entry.Sequence, _workspace);
            }
        }
    }

    private void Commit(StepEntry entry, Matrix logits)
    {
        var sequence = entry.Sequence;
        if (entry.Scores >= 0)
        {
            var probing = sequence.Probing!;
            sequence.Generation.Emit(probing.Score(_scores.AsSpan(entry.Scores, probing.Plan.Scores)));
            if (probing.Ending is { } scored)
            {
                End(_running.IndexOf(sequence), scored);
                return;
            }
        }

        sequence.Advance(entry.Rows);
        if (!entry.Samples)
        {
            return;
        }

        try
        {
            var final = logits.RowRange(entry.FirstOutput + entry.Outputs - 1, 1);
            var lens = entry.Lens < 0 ? logits.RowRange(0, 0) : logits.RowRange(_batch.FirstLensRow(entry.Lens), sequence.LensRows);
            if (_selector.Select(sequence, final, lens, ContextLength) is { } reason && sequence.Probing?.EndsNow(reason) != false)
            {
                End(_running.IndexOf(sequence), reason);
            }
        }
        catch (SamplingException failure)
        {
            End(_running.IndexOf(sequence), FinishReason.Failed, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _kv.Dispose();
        _boundary.Dispose();
        _pruner.Dispose();
        _batch.Dispose();
        Probes.Dispose();
        _workspace.Dispose();
        _selector.Dispose();
    }
}
