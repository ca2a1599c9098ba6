using System.Text.Json;

namespace Inference.Grounding.Evaluation;

/// <summary>
/// The words CHAIR knows: which object ("node") a word stands for, and which pairs of words are read as one.
/// The entries are compared exactly as the file has them, as the original scorer does: one with capitals or a leading blank never matches.
/// </summary>
public sealed class ChairVocabulary
{
    /// <summary>The largest synonyms file that is read, in bytes.</summary>
    private const int LargestFile = 16 << 20;

    private readonly Dictionary<string, int> _nodeOfWord = [];
    private readonly Dictionary<string, int> _nodeIds = [];
    private readonly Dictionary<(string First, string Second), string> _pairs = [];
    private readonly HashSet<string> _parts = [];
    private readonly List<string> _nodes = [];

    private ChairVocabulary()
    {
    }

    /// <summary>The names of the objects; a node's id is its place here.</summary>
    public IReadOnlyList<string> Nodes => _nodes;

    /// <summary>Reads <c>{"inverse_synonyms": {word: node}, "double_words": {pair: word}}</c>; other members are passed over.</summary>
    /// <exception cref="EvaluationException">The file is something else.</exception>
    public static ChairVocabulary Read(EvaluationSource source)
    {
        var vocabulary = new ChairVocabulary();
        using var document = Parse(source);
        try
        {
            vocabulary.AddMembers(source, document.RootElement);
        }
        catch (InvalidOperationException)
        {
            throw new EvaluationException(source.Name, "a string that is not Unicode", "valid UTF-8 and whole surrogate pairs");
        }

        return vocabulary;
    }

    internal bool TryGetNode(string word, out int node) => _nodeOfWord.TryGetValue(word, out node);

    internal bool TryGetNodeByName(string name, out int node) => _nodeIds.TryGetValue(name, out node);

    internal bool TryGetPair(string first, string second, out string? word) => _pairs.TryGetValue((first, second), out word);

    /// <summary>Whether a word stands for an object or is a part of a pair.</summary>
    internal bool Knows(string word) => _parts.Contains(word);

    private void AddMembers(EvaluationSource source, JsonElement root)
    {
        foreach (var (word, node) in Members(source, root, "inverse_synonyms"))
        {
            AddWord(word, node);
        }

        foreach (var (pair, word) in Members(source, root, "double_words"))
        {
            AddPair(pair, word);
        }
    }

    private void AddWord(string word, string node)
    {
        if (word.Length == 0 || node.Length == 0)
        {
            return;
        }

        if (!_nodeIds.TryGetValue(node, out var id))
        {
            id = _nodes.Count;
            _nodeIds.Add(node, id);
            _nodes.Add(node);
        }

        _nodeOfWord[word] = id;
        _parts.Add(word);
    }

    // Only neighbours are merged, so an entry of three words never matches; the original has one and behaves the same.
    private void AddPair(string pair, string word)
    {
        if (pair.Split(' ') is [{ Length: > 0 } first, { Length: > 0 } second])
        {
            _pairs[(first, second)] = word;
            _parts.Add(first);
            _parts.Add(second);
        }
    }

    private static JsonDocument Parse(EvaluationSource source)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > LargestFile)
            {
                throw new EvaluationException(source.Name, "a larger file", $"up to {LargestFile >> 20} MiB");
            }
        }

        try
        {
            return JsonDocument.Parse(content.ToArray());
        }
        catch (JsonException)
        {
            throw new EvaluationException(source.Name, "text that is not JSON", "one JSON object");
        }
    }

    private static IEnumerable<(string Name, string Value)> Members(EvaluationSource source, JsonElement root, string name)
    {
        var place = $"{source.Name}: \"{name}\"";
        var members = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) ? value : default;
        if (members.ValueKind != JsonValueKind.Object)
        {
            throw new EvaluationException(place, JsonLine.Describe(members.ValueKind), "an object of strings");
        }

        foreach (var member in members.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                var found = JsonLine.Describe(member.Value.ValueKind);
                throw new EvaluationException($"{place}, {EvaluationException.Quote(member.Name)}", found, "a string");
            }

            yield return (member.Name, member.Value.GetString()!);
        }
    }
}
