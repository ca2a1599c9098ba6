using System.Runtime.InteropServices;

namespace Inference.Models.Tokenization.Bpe;

/// <summary>
/// One word while its symbols merge: a linked list in arrays with a queue of candidate merges, so n symbols take O(n log n).
/// Reused from word to word; belongs to one thread.
/// </summary>
internal sealed class BpeWord
{
    private const int Removed = -1;
    private const int None = -1;
    private readonly List<int> _symbols = [];
    private readonly PriorityQueue<int, ulong> _queue = new();
    private int[] _previous = [];
    private int[] _next = [];

    public void Clear() => _symbols.Clear();

    public void Add(int token) => _symbols.Add(token);

    /// <summary>Merges until nothing more does, lowest rank first and leftmost among equals, and appends what is left.</summary>
    public void MergeInto(List<int> ids, MergeTable merges)
    {
        var symbols = CollectionsMarshal.AsSpan(_symbols);
        if (symbols.Length > 1) Merge(symbols, merges);
        foreach (var symbol in symbols)
            if (symbol != Removed)
                ids.Add(symbol);
    }

    private void Merge(Span<int> symbols, MergeTable merges)
    {
        Link(symbols.Length);
        for (var i = 0; i + 1 < symbols.Length; i++) Enqueue(i, symbols[i], symbols[i + 1], merges);

        while (_queue.TryDequeue(out var result, out var priority))
        {
            var at = (int)(uint)priority;
            if (symbols[at] == Removed || _next[at] == None) continue;
            var right = _next[at];
            // The neighbours may have merged away since this candidate was queued.
            if (!merges.TryGet(symbols[at], symbols[right], out var merge) || merge.Result != result) continue;

            symbols[at] = result;
            symbols[right] = Removed;
            var after = _next[at] = _next[right];
            if (after != None)
            {
                _previous[after] = at;
                Enqueue(at, result, symbols[after], merges);
            }
            if (_previous[at] is var before and not None) Enqueue(before, symbols[before], result, merges);
        }
    }

    private void Enqueue(int at, int left, int right, MergeTable merges)
    {
        if (merges.TryGet(left, right, out var merge))
            _queue.Enqueue(merge.Result, ((ulong)(uint)merge.Rank << 32) | (uint)at);
    }

    private void Link(int length)
    {
        if (_next.Length < length)
        {
            var size = Math.Max(length, 2 * _next.Length);
            (_previous, _next) = (new int[size], new int[size]);
        }
        for (var i = 0; i < length; i++) (_previous[i], _next[i]) = (i - 1, i + 1);
        _next[length - 1] = None;
    }
}
