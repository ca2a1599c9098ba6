using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>The added tokens by id and by text, with the two scanners: before and after normalisation.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, int> _byContent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _special = new(StringComparer.Ordinal);

    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, Vocabulary vocabulary)
    {
        foreach (var token in tokens)
        {
            _byId[token.Id] = token;
            _byContent[token.Content] = token.Id;
            if (token.IsSpecial) _special.Add(token.Content);
        }
        Raw = new AddedTokenScanner(new TokenTrie(_byId.Values.Where(token => !token.Normalized)));
        Normalized = new AddedTokenScanner(new TokenTrie(_byId.Values.Where(token => token.Normalized)));
        NewTokens = _byId.Keys.Count(id => vocabulary.TokenOf(id) is null);
    }

    /// <summary>Finds tokens in text as it was given.</summary>
    public AddedTokenScanner Raw { get; }

    /// <summary>Finds tokens in normalised text.</summary>
    public AddedTokenScanner Normalized { get; }

    /// <summary>How many ids the model's vocabulary does not have.</summary>
    public int NewTokens { get; }

    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);

    public int? IdOf(string content) => _byContent.TryGetValue(content, out var id) ? id : null;

    /// <summary>Whether decoding drops this text of a token when it skips special ones.</summary>
    public bool IsSpecial(string content) => _special.Contains(content);

    public IEnumerable<AddedToken> Tokens => _byId.Values;
}
