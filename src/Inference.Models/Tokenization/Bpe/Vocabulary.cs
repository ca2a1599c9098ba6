namespace Inference.Models.Tokenization.Bpe;

/// <summary>The model's own tokens, by text and by id.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<int, string> _tokens;

    public Vocabulary(int capacity)
    {
        _ids = new Dictionary<string, int>(capacity, StringComparer.Ordinal);
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new Dictionary<int, string>(capacity);
    }

    public int Count => _ids.Count;

    /// <summary>False where the token or the id is taken.</summary>
    public bool TryAdd(string token, int id) => _ids.TryAdd(token, id) && _tokens.TryAdd(id, token);

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => _lookup.TryGetValue(token, out id);

    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    public IEnumerable<int> Ids => _tokens.Keys;
}
