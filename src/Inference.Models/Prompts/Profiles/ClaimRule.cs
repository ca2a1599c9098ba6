using System.Text.RegularExpressions;

namespace Inference.Models.Prompts.Profiles;

/// <summary>Finds claims in a model's answers: where the pattern matches, something is said to be in the image.</summary>
/// <remarks>The pattern comes from a model folder, so it runs in time linear in the text: no look-around, no back-references.</remarks>
public sealed class ClaimRule
{
    private const string Article = "{a}";

    private readonly Regex _find;
    private readonly string _phrase;

    /// <summary>Compiles a rule.</summary>
    /// <param name="find">Regular expression of .NET without look-around and back-references.</param>
    /// <param name="phrase">
    /// What is claimed to be there: groups as <c>${name}</c>, <c>$1</c> or <c>$0</c>, and <c>{a}</c> for "a" or "an" by the letter that
    /// follows.
    /// </param>
    /// <exception cref="ArgumentException">The pattern cannot be used.</exception>
    public ClaimRule(string find, string phrase)
    {
        try
        {
            _find = new Regex(find, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException problem)
        {
            throw new ArgumentException(problem.Message, nameof(find), problem);
        }

        _phrase = phrase;
    }

    /// <summary>What a text claims to be there, in its order, with the places where it does.</summary>
    public IEnumerable<(int Start, int Length, string Phrase)> Find(string text) =>
        _find.Matches(text).Where(match => match.Length > 0)
            .Select(match => (match.Index, match.Length, WithArticles(match.Result(_phrase))));

    private static string WithArticles(string phrase)
    {
        for (var at = phrase.IndexOf(Article, StringComparison.Ordinal); at >= 0; at = phrase.IndexOf(Article, StringComparison.Ordinal))
        {
            var next = phrase.AsSpan(at + Article.Length).TrimStart();
            var isVowel = next.Length > 0 && "aeiouAEIOU".Contains(next[0], StringComparison.Ordinal);
            phrase = string.Concat(phrase.AsSpan(0, at), isVowel ? "an" : "a", phrase.AsSpan(at + Article.Length));
        }

        return phrase;
    }
}
