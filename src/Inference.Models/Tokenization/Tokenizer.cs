using System.Text;
using System.Text.RegularExpressions;
using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Reading;

namespace Inference.Models.Tokenization;

/// <summary>
/// A tokenizer as the tokenizers library (https://github.com/huggingface/tokenizers) would run it, read from its
/// <c>tokenizer.json</c>. Immutable; any number of threads may use it at once. Text may hold lone surrogates: each counts as U+FFFD.
/// The file's truncation and padding are settings of a call, not of the model, and are not applied.
/// </summary>
public sealed class Tokenizer
{
    private readonly Pipeline _pipeline;

    internal Tokenizer(Pipeline pipeline) => _pipeline = pipeline;

    /// <summary>How many tokens there are, added ones included. Ids need not be dense, and a model may have more rows than this.</summary>
    public int VocabularySize => _pipeline.Model.Vocabulary.Count + _pipeline.Added.NewTokens;

    /// <summary>Every token with its id, in no order, added tokens with their own text.</summary>
    public IEnumerable<KeyValuePair<string, int>> Tokens => _pipeline.Model.Vocabulary.Ids
        .Concat(_pipeline.Added.Tokens.Select(token => token.Id)).Distinct().Select(id => KeyValuePair.Create(TokenOf(id)!, id));

    /// <summary>What the post-processor puts before a text: BOS for most models, nothing for some.</summary>
    public IReadOnlyList<int> PrefixIds => _pipeline.PostProcessor.Prefix;

    /// <summary>What the post-processor puts behind a text.</summary>
    public IReadOnlyList<int> SuffixIds => _pipeline.PostProcessor.Suffix;

    /// <summary>Reads a <c>tokenizer.json</c>, or the one in a folder.</summary>
    /// <exception cref="TokenizerException">It is missing, malformed, too large, or names a component that is not supported.</exception>
    public static Tokenizer Load(string path) => new(TokenizerFile.Load(path));

    /// <summary>Reads the bytes of a <c>tokenizer.json</c>; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="TokenizerException">It is malformed, too large, or names a component that is not supported.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string name) => new(TokenizerFile.Parse(json, name));

    /// <summary>This tokenizer with one more special token, found in text before it is cut.</summary>
    internal Tokenizer WithSpecial(string token, int id)
    {
        var added = new AddedToken(
            id, token, token, IsSpecial: true, Normalized: false, SingleWord: false, StripLeft: false, StripRight: false);
        return new(_pipeline with { Added = new AddedVocabulary([.. _pipeline.Added.Tokens, added], _pipeline.Model.Vocabulary) });
    }

    /// <summary>
    /// Encodes text in which added tokens count as tokens, as the library's <c>encode</c> does; with
    /// <paramref name="addSpecialTokens"/> between <see cref="PrefixIds"/> and <see cref="SuffixIds"/>.
    /// </summary>
    public int[] Encode(string text, bool addSpecialTokens) => Run(WellFormed(text), null, addSpecialTokens);

    /// <summary>
    /// Encodes a user's text: special tokens in it stay text, as with the library's <c>encode_special_tokens</c>. Added tokens that the
    /// file does not call special still count, because some vocabularies (Gemma's runs of blanks) need them for plain text.
    /// </summary>
    public int[] EncodeOrdinary(string text) => Encode([PromptSegment.User(text)], addSpecialTokens: false);

    /// <summary>
    /// Encodes the segments as one string. Where no user text holds a special token, the result is that of
    /// <see cref="Encode(string, bool)"/> for the whole string.
    /// </summary>
    /// <param name="segments">The parts of the prompt in order.</param>
    /// <param name="addSpecialTokens">Whether <see cref="PrefixIds"/> and <see cref="SuffixIds"/> go around it.</param>
    /// <param name="controlTokens">
    /// Ids of added tokens that user text must not produce although the file does not call them special, such as an image placeholder.
    /// </param>
    public int[] Encode(IReadOnlyList<PromptSegment> segments, bool addSpecialTokens, IReadOnlySet<int>? controlTokens = null)
    {
        var text = new StringBuilder();
        var userText = new List<(int Start, int End)>();
        foreach (var segment in segments)
        {
            var start = text.Length;
            text.Append(WellFormed(segment.Text));
            if (!segment.IsUserText || text.Length == start) continue;
            if (userText.Count > 0 && userText[^1].End == start) userText[^1] = (userText[^1].Start, text.Length);
            else userText.Add((start, text.Length));
        }
        return Run(text.ToString(), userText.Count > 0 ? new ProtectedRanges(userText, controlTokens) : null, addSpecialTokens);
    }

    /// <summary>The text of the ids, as the library's <c>decode</c> gives it. Ids without a token are left out.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var decoder = new StreamingDecoder(_pipeline, skipSpecialTokens, bytesAreText: false);
        foreach (var id in ids) decoder.Feed(id);
        return decoder.Flush();
    }

    /// <summary>Decodes ids one at a time as they are generated.</summary>
    public StreamingDecoder DecodeStream(bool skipSpecialTokens) => new(_pipeline, skipSpecialTokens, bytesAreText: true);

    /// <summary>The id of a token written as in the file, or null.</summary>
    public int? IdOf(string token) =>
        _pipeline.Added.IdOf(token) ?? (_pipeline.Model.Vocabulary.TryGetId(token, out var id) ? id : null);

    /// <summary>The token of an id, written as in the file, or null.</summary>
    public string? TokenOf(int id) => _pipeline.Added.Find(id)?.Content ?? _pipeline.Model.Vocabulary.TokenOf(id);

    /// <summary>Whether the file calls the token of this id special.</summary>
    public bool IsSpecial(int id) => _pipeline.Added.Find(id)?.IsSpecial == true;

    /// <summary>Whether the id is an added token, special or not.</summary>
    public bool IsAdded(int id) => _pipeline.Added.Find(id) is not null;

    private int[] Run(string text, ProtectedRanges? userText, bool addSpecialTokens)
    {
        var ids = new List<int>();
        if (addSpecialTokens) ids.AddRange(PrefixIds);
        try
        {
            new EncodingPass(_pipeline, ids).Run(text, userText);
        }
        catch (UnknownTokenMissingException error)
        {
            throw new TokenizerException(_pipeline.File, "$.model.unk_token", $"the text needs it, and {error.Message}", error);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new TokenizerException(_pipeline.File, "$", "a regular expression of the file takes too long on this text", error);
        }
        if (addSpecialTokens) ids.AddRange(SuffixIds);
        return [.. ids];
    }

    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes()) result.Append(units[..rune.EncodeToUtf16(units)]);
        return result.ToString();
    }
}
