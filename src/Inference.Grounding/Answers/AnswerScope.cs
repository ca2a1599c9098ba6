using System.Threading.Channels;
using Inference.Engine;
using Inference.Grounding.Probes;

namespace Inference.Grounding.Answers;

/// <summary>What a method works with: the request, the engine, and the way to the reader. Keeps the images alive.</summary>
internal sealed class AnswerScope : IDisposable
{
    private readonly ChannelWriter<AnswerEvent> _events;
    private readonly TaskCompletionSource<TimeSpan> _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProbeAggregator _probes;
    private Generation? _last;

    public AnswerScope(
        ModelHost host, InFlight inFlight, AnswerRequest request, ChannelWriter<AnswerEvent> events, CancellationToken cancellation)
    {
        (Host, InFlight, Request, _events, Cancellation) = (host, inFlight, request, events, cancellation);
        _probes = new ProbeAggregator(request.Options.Probes);
        foreach (var image in request.Images)
        {
            image.AddReference();
        }
    }

    public ModelHost Host { get; }

    /// <summary>Bounds everything but the generation whose text is sent as it comes.</summary>
    public InFlight InFlight { get; }

    public AnswerRequest Request { get; }

    /// <summary>Ends the answer: what there is counts.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Ends when the first generation leaves the queue.</summary>
    public Task<TimeSpan> Queued => _queued.Task;

    /// <summary>Whether the engine has taken a generation.</summary>
    public bool HasSubmitted => _last is not null;

    public GenerationStage LastStage => Volatile.Read(ref _last)?.LastStage ?? GenerationStage.Queued;

    /// <summary>The request as it stands, for the engine; its images go with it.</summary>
    public GenerationRequest Generation => new()
    {
        Prompt = Request.Prompt,
        Sampling = Request.Options.Sampling,
        Pruning = Request.Options.Pruning,
        Speculation = Request.Options.Speculation,
        Probes = [.. Request.Options.Probes.Select(choice => choice.Probe)],
        CancellationToken = Cancellation,
    };

    /// <exception cref="AdmissionException">The engine does not take it.</exception>
    public Generation Submit(GenerationRequest request)
    {
        var generation = Host.Submit(Request.Model, Request.Images, request);
        if (Interlocked.Exchange(ref _last, generation) is null)
        {
            generation.Queued.ContinueWith(
                queued => _queued.TrySetResult(queued.Result), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return generation;
    }

    /// <summary>
    /// What probes find comes with it. Waits while the reader is behind. Events of an answer that was ended still reach a reader who is
    /// there.
    /// </summary>
    public async ValueTask EmitAsync(AnswerEvent next)
    {
        await EmitAsync(next switch
        {
            AnswerText { Token: { } token } => _probes.Add(token),
            AnswerText held => _probes.Append(held.Text),
            AnswerClaim => _probes.End(),
            AnswerRetracted retracted => _probes.Retract(retracted.CompletionTokens),
            _ => [],
        }).ConfigureAwait(false);
        await _events.WriteAsync(next, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The answer is complete; probes have their last word.</summary>
    public ValueTask EndAsync() => EmitAsync(_probes.End());

    private async ValueTask EmitAsync(IReadOnlyList<ProbeFinding> findings)
    {
        foreach (var finding in findings)
        {
            await _events.WriteAsync(new AnswerFinding(finding), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the images back.</summary>
    public void Dispose()
    {
        foreach (var image in Request.Images)
        {
            image.Dispose();
        }
    }
}
