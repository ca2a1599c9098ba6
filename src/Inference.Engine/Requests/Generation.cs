using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Inference.Engine;

/// <summary>A submitted request: its tokens as they come, then its result. One reader.</summary>
public sealed class Generation
{
    private readonly Channel<TokenEvent> _tokens =
        Channel.CreateUnbounded<TokenEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<GenerationResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan> _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _wakeEngine;
    private readonly int _capacity;
    private int _unread;
    private int _stage;

    internal Generation(int capacity, Action wakeEngine) => (_capacity, _wakeEngine) = (capacity, wakeEngine);

    /// <summary>Ends when the request has ended, however it ended; never faults because of the request.</summary>
    public Task<GenerationResult> Completion => _completion.Task;

    /// <summary>
    /// Ends with the time spent in the queue when the request leaves it: for a place in the batch, or because it has ended. Never faults.
    /// </summary>
    public Task<TimeSpan> Queued => _queued.Task;

    /// <summary>How far the request has come.</summary>
    public GenerationStage Stage
    {
        get => (GenerationStage)Volatile.Read(ref _stage);
        internal set => Volatile.Write(ref _stage, (int)value);
    }

    /// <summary>The stage the request is in, or was in when it ended.</summary>
    public GenerationStage LastStage => Completion.IsCompletedSuccessfully ? Completion.Result.Stage : Stage;

    /// <summary>Whether the reader has left so many tokens unread that the sequence must pause.</summary>
    internal bool IsFull => Volatile.Read(ref _unread) >= _capacity;

    /// <summary>The tokens, ending with the request. A reader that stops reading pauses the request, and after a while ends it.</summary>
    public async IAsyncEnumerable<TokenEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var token in _tokens.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Interlocked.Decrement(ref _unread) == _capacity - 1)
            {
                _wakeEngine();
            }

            yield return token;
        }
    }

    /// <summary>Ends with true when a token is there to be read, which takes none, and with false when all have been read.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _tokens.Reader.WaitToReadAsync(cancellationToken);

    internal void LeaveQueue(TimeSpan waited) => _queued.TrySetResult(waited);

    internal void Emit(TokenEvent token)
    {
        Interlocked.Increment(ref _unread);
        _tokens.Writer.TryWrite(token);
    }

    internal void Complete(GenerationResult result)
    {
        _completion.TrySetResult(result);
        Stage = GenerationStage.Completed;
        _queued.TrySetResult(result.Timings.Queue);
        _tokens.Writer.TryComplete();
    }
}
