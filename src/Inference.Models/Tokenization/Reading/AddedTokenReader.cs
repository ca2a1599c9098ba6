using Inference.Models.Tokenization.AddedTokens;
using Inference.Models.Tokenization.Bpe;
using Inference.Models.Tokenization.Normalizers;

namespace Inference.Models.Tokenization.Reading;

/// <summary>
/// Reads the added tokens. Their ids are given as the library gives them, whatever the file says: a token that the vocabulary has keeps
/// that id, the others are numbered on from the size of the vocabulary in the order of the file.
/// </summary>
internal static class AddedTokenReader
{
    public static AddedVocabulary Read(JsonField? list, Vocabulary vocabulary, INormalizer? normalizer)
    {
        var tokens = new List<AddedToken>();
        if (list is not { } field) return new AddedVocabulary(tokens, vocabulary);

        var count = field.Count(TokenizerLimits.AddedTokens);
        var ids = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var next = vocabulary.Count;
        for (var i = 0; i < count; i++)
        {
            var content = field[i].Required("content");
            var text = content.Text();
            if (text.Length > TokenizerLimits.AddedTokenLength)
                throw content.Error($"{text.Length} characters, at most {TokenizerLimits.AddedTokenLength} are allowed");
            field[i].Required("id").Number(TokenizerLimits.LargestId);
            if (text.Length == 0) continue;
            if (!ids.TryGetValue(text, out var id))
                ids.Add(text, id = vocabulary.TryGetId(text, out var known) ? known : next++);
            tokens.Add(ReadOne(field[i], id, text, normalizer));
        }
        return new AddedVocabulary(tokens, vocabulary);
    }

    private static AddedToken ReadOne(JsonField field, int id, string content, INormalizer? normalizer)
    {
        var normalized = field.Required("normalized").Flag();
        return new AddedToken(
            id,
            content,
            normalized && normalizer is not null ? normalizer.Normalize(content) : content,
            field.Required("special").Flag(),
            normalized,
            field.Required("single_word").Flag(),
            field.Required("lstrip").Flag(),
            field.Required("rstrip").Flag());
    }
}
