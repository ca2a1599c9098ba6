using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Inference.Compute.Cpu;

/// <summary>
/// Threads that wait for short pieces of work. The caller takes part. Parts are claimed one by one, so a thread that the operating system
/// holds back delays the part it holds and no other; a thread that wakes up late finds nothing to claim and touches nothing.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    // About 30 µs of pausing: longer than the gap between two operations of a step, far shorter than a time slice.
    // Then sleep rather than yield, because a core that falls idle pulls over a worker that is kept waiting elsewhere.
    private const int Spins = 600;

    private readonly Thread[] _workers;
    private readonly Lock _entry = new();
    private readonly object _workArrived = new();
    private readonly object _workDone = new();
    private Shared _shared;
    private delegate*<void*, int, int, void> _body;
    private void* _arguments;
    private int _parts;
    private Exception? _failure;
    private bool _stopping;

    /// <summary>Starts <paramref name="threads"/> − 1 threads beside the caller's.</summary>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            var worker = i + 1;
            _workers[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"compute {worker}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that share the work, the caller included.</summary>
    public int Count => _workers.Length + 1;

    /// <summary>
    /// Calls <paramref name="body"/>(<paramref name="arguments"/>, part, worker) for every part in [0, parts), in any order, and returns
    /// when all are done. Workers are numbered from 0 (the caller) to <see cref="Count"/> − 1. Allocates nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread, or a part of the work itself, is inside this method.</exception>
    public void Run(int parts, delegate*<void*, int, int, void> body, void* arguments)
    {
        if (_entry.IsHeldByCurrentThread || !_entry.TryEnter())
            throw new InvalidOperationException("Two threads use the backend at once; operations are issued by one thread at a time.");
        try
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (parts <= 1 || _workers.Length == 0)
            {
                for (var part = 0; part < parts; part++)
                    body(arguments, part, 0);
                return;
            }

            Publish(parts, body, arguments);
            Drain(worker: 0);
            AwaitCompletion();
            if (_failure is { } failure)
            {
                _failure = null;
                ExceptionDispatchInfo.Throw(failure);
            }
        }
        finally
        {
            _entry.Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_workArrived)
        {
            _stopping = true;
            Monitor.PulseAll(_workArrived);
        }

        foreach (var worker in _workers)
            worker.Join();
    }

    private void Publish(int parts, delegate*<void*, int, int, void> body, void* arguments)
    {
        _body = body;
        _arguments = arguments;
        _parts = parts;
        _shared.Done = 0;
        var generation = (_shared.Ticket >>> 32) + 1;
        Interlocked.Exchange(ref _shared.Ticket, (generation << 32) | (uint)parts);
        if (Volatile.Read(ref _shared.Sleepers) > 0)
        {
            lock (_workArrived)
                Monitor.PulseAll(_workArrived);
        }
    }

    /// <summary>
    /// Claims and runs parts until none is left. The ticket holds (generation, parts unclaimed): a claim succeeds only in the generation it
    /// read, and while a claimed part is unfinished the caller cannot leave <see cref="Run"/>, so body and arguments belong to the claim.
    /// </summary>
    private void Drain(int worker)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _shared.Ticket);
            var left = (int)(uint)ticket;
            if (left == 0)
                return;
            if (Interlocked.CompareExchange(ref _shared.Ticket, ticket - 1, ticket) != ticket)
                continue;
            try
            {
                _body(_arguments, _parts - left, worker);
            }
#pragma warning disable CA1031 // Whatever a part throws belongs to the caller of Run.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
            }

            var parts = _parts;
            if (Interlocked.Increment(ref _shared.Done) == parts && Volatile.Read(ref _shared.CallerSleeps) != 0)
            {
                lock (_workDone)
                    Monitor.Pulse(_workDone);
            }
        }
    }

    private void AwaitCompletion()
    {
        for (var spin = 0; spin < Spins; spin++)
        {
            if (Volatile.Read(ref _shared.Done) == _parts)
                return;
            Thread.SpinWait(1);
        }

        lock (_workDone)
        {
            Interlocked.Exchange(ref _shared.CallerSleeps, 1);
            while (Volatile.Read(ref _shared.Done) != _parts)
                Monitor.Wait(_workDone);
            _shared.CallerSleeps = 0;
        }
    }

    private void Work(int worker)
    {
        while (AwaitWork())
            Drain(worker);
    }

    private bool AwaitWork()
    {
        for (var spin = 0; spin < Spins; spin++)
        {
            if ((uint)Volatile.Read(ref _shared.Ticket) != 0)
                return true;
            Thread.SpinWait(1);
        }

        lock (_workArrived)
        {
            Interlocked.Increment(ref _shared.Sleepers);
            while ((uint)Volatile.Read(ref _shared.Ticket) == 0 && !_stopping)
                Monitor.Wait(_workArrived);
            Interlocked.Decrement(ref _shared.Sleepers);
            return !_stopping;
        }
    }

    // Each word that one thread writes while others poll has cache lines of its own; two, because processors prefetch lines in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 640)]
    private struct Shared
    {
        [FieldOffset(128)]
        public long Ticket;
        [FieldOffset(256)]
        public int Done;
        [FieldOffset(384)]
        public int Sleepers;
        [FieldOffset(512)]
        public int CallerSleeps;
    }
}
