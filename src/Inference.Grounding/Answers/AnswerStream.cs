using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Inference.Engine;

namespace Inference.Grounding.Answers;

/// <summary>
/// An answer under way: its events as they come, then its result. One reader. The method that makes the answer runs beside it and writes
/// into a bounded channel, so a reader who stops reading stops the method, and the engine what the method reads.
/// </summary>
public sealed class AnswerStream : IDisposable
{
    // A little slack between method and reader.
    private const int Capacity = 64;

    private readonly Channel<AnswerEvent> _events =
        Channel.CreateBounded<AnswerEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly CancellationTokenSource _ended;
    private readonly AnswerScope _scope;
    private Task<Exception?>? _running;
    private AnswerResult? _result;

    private AnswerStream(ModelHost host, InFlight inFlight, AnswerRequest request, CancellationToken cancellationToken)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _scope = new AnswerScope(host, inFlight, request, _events.Writer, _ended.Token);
    }

    /// <summary>Ends with the time spent in the queue when the first generation leaves it. Never faults.</summary>
    public Task<TimeSpan> Queued => _scope.Queued;

    /// <summary>The stage the last generation is in, or was in when it ended.</summary>
    public GenerationStage LastStage => _scope.LastStage;

    /// <summary>The result; there once every event has been read.</summary>
    public AnswerResult Result => _result ?? throw new InvalidOperationException("The answer has not been read to its end.");

    internal static AnswerStream Start(
        ModelHost host, InFlight inFlight, AnswerRequest request, IAnswerMethod method, CancellationToken cancellationToken)
    {
        var answer = new AnswerStream(host, inFlight, request, cancellationToken);
        var running = answer._running = answer.RunAsync(method);
        if (!answer._scope.HasSubmitted && running.IsCompletedSuccessfully && running.Result is { } refusal)
        {
            answer.Dispose();
            ExceptionDispatchInfo.Throw(refusal);
        }

        return answer;
    }

    /// <summary>The events, ending with the answer.</summary>
    /// <exception cref="AdmissionException">The engine did not take a generation that the method needs.</exception>
    /// <exception cref="AnswerFailedException">The engine could not go on with a generation that the method needs.</exception>
    public IAsyncEnumerable<AnswerEvent> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _events.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Reads all events and keeps none.</summary>
    /// <inheritdoc cref="ReadAllAsync"/>
    public async Task<AnswerResult> CompleteAsync()
    {
        await foreach (var _ in ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
        }

        return Result;
    }

    /// <summary>Ends what is still under way; nobody will read it.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _events.Writer.TryComplete();
        _running?.ContinueWith(
            _ => _ended.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<Exception?> RunAsync(IAnswerMethod method)
    {
        Exception? failure = null;
        try
        {
            _result = await method.RunAsync(_scope).ConfigureAwait(false);
            await _scope.EndAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The reader gets it.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            failure = problem;
            // Generations that the method has left behind end with it. Not awaited: a refusal is to be known when this returns.
            _ended.Cancel();
        }

        _scope.Dispose();
        _events.Writer.TryComplete(failure);
        return failure;
    }
}
