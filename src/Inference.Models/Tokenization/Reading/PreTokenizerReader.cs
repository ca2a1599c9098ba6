using System.Text;
using Inference.Models.Tokenization.Patterns;
using Inference.Models.Tokenization.PreTokenizers;

namespace Inference.Models.Tokenization.Reading;

internal sealed class PreTokenizerReader() : ComponentReader<IPreTokenizer>("pre-tokenizer", "pretokenizers")
{
    protected override string Supported => "Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace and WhitespaceSplit";

    protected override IPreTokenizer Sequence(IReadOnlyList<IPreTokenizer> components) => new SequencePreTokenizer(components);

    protected override IPreTokenizer? ReadOne(string name, JsonField field) => name switch
    {
        "Split" => new SplitPreTokenizer(
            PatternField.Read(field.Required("pattern")), Behavior(field.Required("behavior")), field.Required("invert").Flag()),
        "ByteLevel" => new ByteLevelPreTokenizer(field.Required("add_prefix_space").Flag(), field.FlagOr("use_regex", true)),
        "Metaspace" =>
            new MetaspacePreTokenizer(MetaspaceField.Replacement(field), MetaspaceField.Scheme(field), field.FlagOr("split", true)),
        "Digits" => new SplitPreTokenizer(
            new CharacterPattern(rune => CodePoints.IsNumber(rune.Value)),
            field.Required("individual_digits").Flag() ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
            invert: false),
        "Punctuation" => new SplitPreTokenizer(
            new CharacterPattern(rune => CodePoints.IsPunctuation(rune.Value)),
            field.Optional("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated,
            invert: false),
        "Whitespace" => new SplitPreTokenizer(new WordRunPattern(), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => new SplitPreTokenizer(new CharacterPattern(Rune.IsWhiteSpace), SplitBehavior.Removed, invert: false),
        _ => null,
    };

    private static SplitBehavior Behavior(JsonField field) => field.Text() switch
    {
        nameof(SplitBehavior.Removed) => SplitBehavior.Removed,
        nameof(SplitBehavior.Isolated) => SplitBehavior.Isolated,
        nameof(SplitBehavior.MergedWithPrevious) => SplitBehavior.MergedWithPrevious,
        nameof(SplitBehavior.MergedWithNext) => SplitBehavior.MergedWithNext,
        nameof(SplitBehavior.Contiguous) => SplitBehavior.Contiguous,
        var other => throw field.Error(
            $"the behavior '{other}' is not supported; supported are {string.Join(", ", Enum.GetNames<SplitBehavior>())}"),
    };
}
