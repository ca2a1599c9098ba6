using System.Text;

namespace Inference.Decoding.Sampling;

/// <summary>
/// Finds stop strings in streamed text. Text that could be the beginning of a stop string is held back until it is clear that it is not;
/// a stop string and what follows it never come out. The match that is complete first wins, at the same end the longest. The result does
/// not depend on how the text is cut into deltas; time is linear in the text (Aho, Corasick 1975).
/// </summary>
public sealed class StopMatcher
{
    private readonly StopAutomaton _automaton;
    private readonly StringBuilder _held = new();
    private int _state;

    /// <summary>A matcher for one stream.</summary>
    /// <param name="stops">Stop strings, none empty; an empty list lets everything through.</param>
    public StopMatcher(IReadOnlyList<string> stops) => _automaton = new StopAutomaton(stops);

    /// <summary>The stop string that ended the text; null while none has.</summary>
    public string? Matched { get; private set; }

    /// <summary>True once a stop string was found; everything later is dropped.</summary>
    public bool Stopped => Matched is not null;

    /// <summary>Takes the next piece of text and returns what can be passed on.</summary>
    public string Push(string delta)
    {
        if (Stopped) return "";
        if (_automaton.IsEmpty) return delta;
        for (int i = 0; i < delta.Length; i++)
        {
            _state = _automaton.Next(_state, delta[i]);
            if (_automaton.Match(_state) is not { } stop) continue;
            Matched = stop;
            _held.Append(delta, 0, i + 1);
            string before = _held.ToString(0, _held.Length - stop.Length);
            _held.Clear();
            return before;
        }
        return Release(delta);
    }

    /// <summary>
    /// Takes text that was passed on before the stream began: nothing of it comes out but what is held back at its end, and a stop string
    /// that is complete in it is passed over.
    /// </summary>
    public void Skip(string text)
    {
        if (_automaton.IsEmpty) return;
        foreach (char c in text)
        {
            _state = _automaton.Next(_state, c);
            if (_automaton.Match(_state) is not null) _state = 0;
            _held.Append(c).Remove(0, _held.Length - _automaton.Depth(_state));
        }
    }

    /// <summary>Returns what is still held back; to be called when generation ends for another reason.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        _state = 0;
        return rest;
    }

    // All but the longest suffix that begins a stop string: its length is the depth of the automaton's state.
    private string Release(string delta)
    {
        int depth = _automaton.Depth(_state);
        if (depth == 0 && _held.Length == 0) return delta;
        _held.Append(delta);
        string released = _held.ToString(0, _held.Length - depth);
        _held.Remove(0, released.Length);
        return released;
    }
}
