using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The phases of a step, in order: a new one begins where any sequence of the step begins, ends, or changes its cache's length.
/// </summary>
internal sealed class StepPhases(IBackend backend, int layers, StepLimits limits) : IDisposable
{
    private readonly List<StepPhase> _phases = [];
    private readonly bool[] _cuts = new bool[layers + 1];
    private int _current;

    /// <summary>Their number, once <see cref="Fill"/> has run.</summary>
    public int Count { get; private set; }

    /// <summary>The phase that runs.</summary>
    public StepPhase Current => _phases[_current];

    /// <summary>Forgets the last step.</summary>
    public void Clear() => Count = 0;

    /// <summary>Works out the phases of a step whose segments go through <paramref name="groups"/>.</summary>
    public void Fill(StepBatch batch, List<LayerGroup> groups)
    {
        _cuts.AsSpan().Clear();
        foreach (var group in groups)
        {
            _cuts[group.FirstLayer] = _cuts[group.EndLayer] = true;
        }

        Count = 0;
        StepPhase? before = null;
        for (var (first, end) = (0, 1); end <= layers; end++)
        {
            if (!_cuts[end])
            {
                continue;
            }

            if (Count == _phases.Count)
            {
                _phases.Add(new StepPhase(backend, limits));
            }

            if (_phases[Count].Fill(batch, first, end, before))
            {
                before = _phases[Count++];
            }

            first = end;
        }
    }

    /// <summary>Hands them to the backend; the first is the one that runs.</summary>
    public void Upload(StepBatch batch)
    {
        for (var i = 0; i < Count; i++)
        {
            _phases[i].Upload(batch);
        }

        Enter(0);
    }

    /// <summary>Makes a phase the one that runs.</summary>
    public void Enter(int phase) => _current = phase;

    /// <summary>The phase that computes hidden[<paramref name="layer"/>], or null where this step does not.</summary>
    public StepPhase? Of(int layer)
    {
        for (var i = 0; i < Count; i++)
        {
            var phase = _phases[i];
            if (layer > phase.FirstLayer ? layer <= phase.EndLayer : layer == 0 && phase.FirstLayer == 0)
            {
                return phase;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _phases.ForEach(phase => phase.Dispose());
}
