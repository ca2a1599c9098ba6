using Inference.Models.Tokenization.Patterns;
using Inference.Models.Tokenization.Patterns.Oniguruma;

namespace Inference.Models.Tokenization.Reading;

/// <summary>Reads <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternField
{
    public static Pattern Read(JsonField field)
    {
        if (field.Optional("String") is { } literal) return new LiteralPattern(Bounded(literal));
        if (field.Optional("Regex") is not { } regex) throw field.Error("a pattern needs 'String' or 'Regex'");
        try
        {
            return RegexPattern.Of(Bounded(regex));
        }
        catch (UnsupportedPatternException error)
        {
            throw regex.Error($"the regular expression '{regex.Text()}' cannot be used: {error.Message}", error);
        }
    }

    private static string Bounded(JsonField field)
    {
        var text = field.Content();
        return text.Length <= TokenizerLimits.PatternLength
            ? text
            : throw field.Error($"{text.Length} characters, at most {TokenizerLimits.PatternLength} are allowed");
    }
}
