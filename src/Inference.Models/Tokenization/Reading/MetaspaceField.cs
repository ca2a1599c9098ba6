using System.Text;
using Inference.Models.Tokenization.PreTokenizers;

namespace Inference.Models.Tokenization.Reading;

/// <summary>What the Metaspace pre-tokenizer and decoder share, in the present and in the older spelling.</summary>
internal static class MetaspaceField
{
    public static string Replacement(JsonField field) => Character(field.Required("replacement")).ToString();

    public static PrependScheme Scheme(JsonField field)
    {
        var scheme = field.Optional("prepend_scheme") is not { } named ? PrependScheme.Always : named.Text() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw named.Error($"the scheme '{other}' is not supported; supported are always, first and never"),
        };
        if (field.FlagOr("add_prefix_space", true)) return scheme;
        return scheme == PrependScheme.Never || field.Optional("prepend_scheme") is null
            ? PrependScheme.Never
            : throw field.Error("add_prefix_space is false, which contradicts prepend_scheme");
    }

    /// <summary>A string of exactly one code point.</summary>
    public static Rune Character(JsonField field)
    {
        var text = field.Content();
        return Rune.GetRuneAt(text, 0) is var rune && rune.Utf16SequenceLength == text.Length
            ? rune
            : throw field.Error("a single character is needed here");
    }
}
