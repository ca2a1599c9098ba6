namespace Inference.Server.Images;

/// <summary>
/// Bytes that requests may hold at once. Requests wait in order of arrival; one that needs more than there is waits for all of it.
/// Thread-safe.
/// </summary>
/// <param name="capacity">Bytes in all.</param>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly long _capacity = capacity;
    private long _free = capacity;

    /// <summary>Takes bytes if they are there now and nobody waits for them.</summary>
    public bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || bytes > _free)
            {
                return false;
            }

            _free -= bytes;
            return true;
        }
    }

    /// <summary>Waits for bytes and takes them.</summary>
    /// <returns>The bytes taken: those asked for, at most the capacity.</returns>
    /// <exception cref="OperationCanceledException">Nothing was taken.</exception>
    public async Task<long> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        bytes = Math.Min(bytes, _capacity);
        LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place;
        lock (_lock)
        {
            if (_waiting.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return bytes;
            }

            place = _waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await place.Value.Granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return bytes;
        }
        catch (OperationCanceledException)
        {
            GiveUp(place);
            throw;
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes)
    {
        lock (_lock)
        {
            _free += bytes;
            Grant();
        }
    }

    private void GiveUp(LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                // Granted in the same moment: the bytes go to the next one.
                _free += place.Value.Bytes;
            }
            else
            {
                _waiting.Remove(place);
            }

            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } next && next.Value.Bytes <= _free)
        {
            _waiting.RemoveFirst();
            _free -= next.Value.Bytes;
            next.Value.Granted.SetResult();
        }
    }
}
