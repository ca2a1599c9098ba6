using System.Text.RegularExpressions;
using Inference.Models.Tokenization.Patterns.Oniguruma;

namespace Inference.Models.Tokenization.Patterns;

/// <summary>Any other pattern that can be translated; matched in linear time unless it needs look-around or atomic groups.</summary>
internal sealed class RegexPattern : Pattern
{
    // Only patterns that backtrack can come near it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Regex _regex;

    /// <exception cref="UnsupportedPatternException">The pattern cannot be translated.</exception>
    public RegexPattern(string pattern)
    {
        var (translated, needsBacktracking) = PatternTranslator.Translate(pattern);
        try
        {
            _regex = new Regex(translated, needsBacktracking ? RegexOptions.CultureInvariant : RegexOptions.NonBacktracking, Patience);
        }
        catch (NotSupportedException)
        {
            throw new UnsupportedPatternException("it is too large to be matched in linear time");
        }
        catch (ArgumentException)
        {
            throw new UnsupportedPatternException("it cannot be compiled");
        }
    }

    /// <summary>
    /// A regular expression of a tokenizer file: a matcher of our own where the pattern is known, a translation otherwise.
    /// </summary>
    public static Pattern Of(string pattern) => pattern switch
    {
        Gpt2Pattern.Source => new Gpt2Pattern(),
        WordPattern.Llama3Source => new WordPattern(3),
        WordPattern.Qwen2Source => new WordPattern(1),
        _ => new RegexPattern(pattern),
    };

    public override void Find(string text, int start, int end, List<(int Start, int End)> matches)
    {
        var lastEnd = -1;
        foreach (var match in _regex.EnumerateMatches(text.AsSpan(start, end - start)))
        {
            var from = start + match.Index;
            // An empty match counts neither right behind a match nor inside a surrogate pair.
            if (match.Length == 0 && (from == lastEnd || (from < end && char.IsLowSurrogate(text[from])))) continue;
            lastEnd = from + match.Length;
            matches.Add((from, lastEnd));
        }
    }
}
