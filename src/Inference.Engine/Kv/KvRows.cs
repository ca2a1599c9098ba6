using Inference.Engine.Pruning;

namespace Inference.Engine.Kv;

/// <summary>
/// The rows of one sequence, prompt and generated tokens: a key for each, by which the same row is recognised elsewhere, and how many have
/// gone through all layers. The key of a token is its id, that of an image's row the number of the image and the row. Keys are compared,
/// never hashed, so no two prefixes can be mistaken.
/// </summary>
internal sealed class KvRows : IDisposable
{
    private readonly long[] _keys;
    private readonly ImageNumbers _numbers;
    private readonly List<EngineImageDigest> _images = [];

    /// <summary>The rows of a prompt.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scope">What else decides.</param>
    /// <param name="layout">Tokens that each layer holds.</param>
    /// <param name="numbers">Numbers of images, given back by <see cref="Dispose"/>.</param>
    public KvRows(GenerationRequest request, KvScope scope, KvLayout layout, ImageNumbers numbers)
    {
        (Scope, Layout, _numbers, Stages) = (scope, layout, numbers, []);
        var prompt = request.Prompt;
        _keys = new long[prompt.InputIds.Length + request.Sampling.MaxTokens];
        foreach (var id in prompt.InputIds)
        {
            _keys[Count++] = id;
        }

        foreach (var span in prompt.Images)
        {
            var digest = request.Images[span.ImageIndex].Digest;
            var number = numbers.Take(digest);
            _images.Add(digest);
            for (var i = 0; i < span.Count; i++)
            {
                _keys[span.Start + i] = ((long)number << 32) | (uint)i;
            }
        }
    }

    private KvRows(KvRows rows)
    {
        (Scope, Layout, _numbers, Stages) = (rows.Scope, rows.Layout, rows._numbers, rows.Stages);
        _keys = rows._keys[..rows.Filled];
        (Count, Filled, Pages) = (rows.Filled, rows.Filled, rows.Pages);
        foreach (var image in rows._images)
        {
            _numbers.Take(image);
            _images.Add(image);
        }
    }

    /// <summary>What must be the same besides.</summary>
    public KvScope Scope { get; }

    /// <summary>Tokens that each layer holds.</summary>
    public KvLayout Layout { get; }

    /// <summary>Rows of the prompt.</summary>
    public int PromptRows => Layout.PromptRows;

    /// <summary>Rows that are known: the prompt and the tokens generated so far.</summary>
    public int Count { get; private set; }

    /// <summary>Rows whose keys and values are in the cache, in all layers.</summary>
    public int Filled { get; set; }

    /// <summary>Where they are; null without memory.</summary>
    public SequencePages? Pages { get; set; }

    /// <summary>What the stages of a pruned prompt kept, as far as that is known: it is decided once.</summary>
    public List<StageOutcome> Stages { get; set; }

    /// <summary>The token of a row behind the prompt.</summary>
    public int Token(int row) => (int)_keys[row];

    /// <summary>Hands over what is in the cache; these rows have no memory then.</summary>
    public KvRows Detach()
    {
        var filled = new KvRows(this);
        (Pages, Filled) = (null, 0);
        return filled;
    }

    /// <summary>A token was generated.</summary>
    public void Append(int token) => _keys[Count++] = token;

    /// <summary>Tokens that may come next: they can be read as rows, but are not known.</summary>
    public void Propose(ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            _keys[Count + i] = tokens[i];
        }
    }

    /// <summary>
    /// How many of the first rows of <paramref name="other"/> have the keys and values of <paramref name="filled"/> rows of this one, up to
    /// all but its last: that one is computed, for its logits.
    /// </summary>
    public int Shared(KvRows other, int filled)
    {
        if (Scope != other.Scope)
        {
            return 0;
        }

        var same = _keys.AsSpan(0, Math.Min(filled, Count)).CommonPrefixLength(other._keys.AsSpan(0, other.Count));
        if (Scope.DependsOnPrompt && (PromptRows != other.PromptRows || same < PromptRows))
        {
            return 0;
        }

        same = Math.Min(same, other.Count - 1);
        return same >= Scope.Head ? same : 0;
    }

    /// <summary>Whether <paramref name="other"/> holds all that this one does.</summary>
    public bool IsContainedIn(KvRows other) =>
        Scope == other.Scope
        && (!Scope.DependsOnPrompt || PromptRows == other.PromptRows)
        && other.Filled >= Filled
        && _keys.AsSpan(0, Filled).SequenceEqual(other._keys.AsSpan(0, Filled));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var image in _images)
        {
            _numbers.GiveBack(image);
        }

        _images.Clear();
    }
}
