namespace Inference.Decoding.Sampling;

/// <summary>The Aho–Corasick automaton of a list of stop strings. State 0 has matched nothing.</summary>
internal sealed class StopAutomaton
{
    private readonly Dictionary<(int State, char Next), int> _edges = [];
    private readonly List<int> _fallback = [0];
    private readonly List<int> _depth = [0];
    private readonly List<string?> _match = [null];

    public StopAutomaton(IReadOnlyList<string> stops)
    {
        foreach (string stop in stops) Insert(stop);
        // Depth by depth, so that the state fallen back to, which is less deep, is finished before it is used.
        foreach (((int parent, char next), int state) in _edges.OrderBy(edge => _depth[edge.Value]))
        {
            if (parent != 0) _fallback[state] = Next(_fallback[parent], next);
            _match[state] ??= _match[_fallback[state]];
        }
    }

    /// <summary>No stop strings.</summary>
    public bool IsEmpty => _edges.Count == 0;

    /// <summary>Length of the longest suffix of the text that begins a stop string.</summary>
    public int Depth(int state) => _depth[state];

    /// <summary>The longest stop string that ends here; null when none does.</summary>
    public string? Match(int state) => _match[state];

    /// <summary>The state after one more character; amortised constant time.</summary>
    public int Next(int state, char next)
    {
        int target;
        while (!_edges.TryGetValue((state, next), out target) && state != 0) state = _fallback[state];
        return target;
    }

    private void Insert(string stop)
    {
        int state = 0;
        foreach (char c in stop)
        {
            if (!_edges.TryGetValue((state, c), out int child))
            {
                child = _depth.Count;
                _edges.Add((state, c), child);
                _fallback.Add(0);
                _depth.Add(_depth[state] + 1);
                _match.Add(null);
            }
            state = child;
        }
        _match[state] = stop;
    }
}
