using System.Text.Json;
using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads a BPE model.</summary>
internal static class ModelReader
{
    public static BpeModel Read(JsonField model)
    {
        // Old files leave the type out; only BPE has merges.
        if (model.Optional("type") is { } type && type.Text() != "BPE")
            throw type.Error($"the model '{type.Text()}' is not supported; supported is BPE");
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model.Optional(name) is { } affix && affix.Text().Length > 0)
                throw affix.Error($"'{affix.Text()}' is not supported; it must be empty or null");
        if (model.Optional("dropout") is { } dropout && (dropout.Kind != JsonValueKind.Number || dropout.Value.GetDouble() != 0))
            throw dropout.Error("dropout makes encoding random and is not supported; it must be null or 0");

        var options = new BpeOptions(
            model.Optional("unk_token")?.Text(),
            model.FlagOr("fuse_unk", false),
            model.FlagOr("byte_fallback", false),
            model.FlagOr("ignore_merges", false));
        var vocabulary = ReadVocabulary(model.Required("vocab"));
        return new BpeModel(vocabulary, ReadMerges(model.Required("merges"), vocabulary), options);
    }

    private static Vocabulary ReadVocabulary(JsonField field)
    {
        if (field.Kind != JsonValueKind.Object) throw field.Error("an object from tokens to ids is needed here");
        var count = field.Value.GetPropertyCount();
        if (count > TokenizerLimits.Tokens) throw field.Error($"{count} tokens, at most {TokenizerLimits.Tokens} are allowed");
        var vocabulary = new Vocabulary(count);
        foreach (var entry in field.Value.EnumerateObject())
        {
            var id = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var number)
                && number is >= 0 and <= TokenizerLimits.LargestId
                ? number
                : throw field.Member(entry).Error($"a whole number from 0 to {TokenizerLimits.LargestId} is needed here");
            if (!vocabulary.TryAdd(entry.Name, id)) throw field.Member(entry).Error($"the token or its id {id} is there twice");
        }
        return vocabulary;
    }

    private static MergeTable ReadMerges(JsonField field, Vocabulary vocabulary)
    {
        var count = field.Count(TokenizerLimits.Merges);
        var merges = new MergeTable(count);
        var rank = 0;
        var index = 0;
        foreach (var entry in field.Value.EnumerateArray())
        {
            var (left, right) = entry.ValueKind == JsonValueKind.String
                ? FromLine(entry.GetString()!, field, index)
                : FromPair(entry, field, index);
            if (left.Length > 0)
            {
                merges.Set(Id(left), Id(right), rank, Id(left + right));
                rank++;
            }
            index++;
        }
        return merges;

        int Id(string token) => vocabulary.TryGetId(token, out var id)
            ? id
            : throw field[index].Error($"'{token}' is not in the vocabulary");
    }

    // "a b"; the header of a merges.txt file may have been copied along and counts for nothing.
    private static (string Left, string Right) FromLine(string line, JsonField merges, int index)
    {
        if (line.StartsWith("#version", StringComparison.Ordinal)) return ("", "");
        var space = line.IndexOf(' ');
        return space > 0 && space < line.Length - 1 && line.IndexOf(' ', space + 1) < 0
            ? (line[..space], line[(space + 1)..])
            : throw merges[index].Error("two tokens with one space between them are needed here");
    }

    // ["a", "b"]
    private static (string Left, string Right) FromPair(JsonElement pair, JsonField merges, int index) =>
        pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
        && pair[0].ValueKind == JsonValueKind.String && pair[1].ValueKind == JsonValueKind.String
        && pair[0].GetString() is { Length: > 0 } left && pair[1].GetString() is { Length: > 0 } right
            ? (left, right)
            : throw merges[index].Error("two tokens are needed here");
}
