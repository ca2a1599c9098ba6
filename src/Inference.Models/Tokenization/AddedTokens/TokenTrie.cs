using System.Buffers;

namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>Finds added tokens, leftmost first and the longest of those that begin together.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<(int Node, char Unit), int> _children = [];
    private readonly List<AddedToken?> _tokens = [null];
    private readonly SearchValues<char> _firstUnits;

    public TokenTrie(IEnumerable<AddedToken> tokens)
    {
        foreach (var token in tokens)
            if (token.Pattern.Length > 0)
                Add(token);
        _firstUnits = SearchValues.Create([.. _children.Keys.Where(key => key.Node == 0).Select(key => key.Unit)]);
    }

    public bool IsEmpty => _tokens.Count == 1;

    /// <summary>The first match in [start, end).</summary>
    public (AddedToken Token, int Start)? FindFirst(string text, int start, int end)
    {
        while (start < end)
        {
            var skip = text.AsSpan(start, end - start).IndexOfAny(_firstUnits);
            if (skip < 0) return null;
            start += skip;
            if (LongestAt(text, start, end) is { } token) return (token, start);
            start++;
        }
        return null;
    }

    private AddedToken? LongestAt(string text, int start, int end)
    {
        AddedToken? longest = null;
        for (var node = 0; start < end && _children.TryGetValue((node, text[start]), out node); start++)
            longest = _tokens[node] ?? longest;
        return longest;
    }

    private void Add(AddedToken token)
    {
        var node = 0;
        foreach (var unit in token.Pattern)
        {
            if (!_children.TryGetValue((node, unit), out var child))
            {
                child = _tokens.Count;
                _tokens.Add(null);
                _children.Add((node, unit), child);
            }
            node = child;
        }
        _tokens[node] ??= token;
    }
}
