using System.Collections;

namespace Inference.Server.Services;

/// <summary>The regions of a call in the engine, in their order; disposing them ends what is still under way.</summary>
internal sealed class RunningRegions : IReadOnlyList<RunningRegion>, IDisposable
{
    private readonly List<RunningRegion> _regions = [];

    /// <inheritdoc/>
    public int Count => _regions.Count;

    /// <inheritdoc/>
    public RunningRegion this[int index] => _regions[index];

    public void Add(RunningRegion region) => _regions.Add(region);

    /// <inheritdoc/>
    public IEnumerator<RunningRegion> GetEnumerator() => _regions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose() => _regions.ForEach(region => region.Dispose());
}
