using System.Threading.Channels;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>
/// What the health service answers, by service name. The empty name stands for the whole server, which is NOT_SERVING until
/// it is set. All members may be called from any thread.
/// </summary>
public sealed class HealthServiceState
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal) { [""] = ServingStatus.NotServing };
    private readonly List<Watcher> _watchers = [];

    public void SetStatus(string service, ServingStatus status)
    {
        lock (_lock)
        {
            _statuses[service] = status;
            Notify(service, status);
        }
    }

    /// <summary>Sets all known services at once, as a server does that starts to drain.</summary>
    public void SetAll(ServingStatus status)
    {
        lock (_lock)
        {
            foreach (var service in _statuses.Keys.ToArray())
            {
                _statuses[service] = status;
                Notify(service, status);
            }
        }
    }

    public void ClearStatus(string service)
    {
        lock (_lock)
        {
            if (_statuses.Remove(service)) Notify(service, ServingStatus.ServiceUnknown);
        }
    }

    /// <summary>Null for a service that is not known.</summary>
    public ServingStatus? GetStatus(string service)
    {
        lock (_lock) return _statuses.TryGetValue(service, out var status) ? status : null;
    }

    internal KeyValuePair<string, ServingStatus>[] Snapshot()
    {
        lock (_lock) return [.. _statuses];
    }

    /// <summary>The status now and after each change; a slow reader sees the latest and may miss what lay between.</summary>
    internal async IAsyncEnumerable<ServingStatus> WatchAsync(
        string service, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher(service, Channel.CreateBounded<ServingStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }));
        lock (_lock)
        {
            _watchers.Add(watcher);
            watcher.Changes.Writer.TryWrite(_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown));
        }
        try
        {
            ServingStatus? last = null;
            await foreach (var status in watcher.Changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (status == last) continue;
                last = status;
                yield return status;
            }
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    private void Notify(string service, ServingStatus status)
    {
        foreach (var watcher in _watchers)
        {
            if (watcher.Service == service) watcher.Changes.Writer.TryWrite(status);
        }
    }

    private sealed record Watcher(string Service, Channel<ServingStatus> Changes);
}
