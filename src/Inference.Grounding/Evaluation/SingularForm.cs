namespace Inference.Grounding.Evaluation;

/// <summary>Finds the singular of English nouns by rule; a rule counts only where it leads to a known word.</summary>
internal static class SingularForm
{
    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["feet"] = "foot",
        ["geese"] = "goose",
        ["mice"] = "mouse",
        ["oxen"] = "ox",
        ["teeth"] = "tooth",
    };

    /// <summary>The known singular of a lower-case word, or the word itself.</summary>
    public static string Of(string word, Func<string, bool> isKnown)
    {
        if (isKnown(word))
        {
            return word;
        }

        foreach (var singular in Candidates(word))
        {
            if (isKnown(singular))
            {
                return singular;
            }
        }

        return word;
    }

    private static IEnumerable<string> Candidates(string word)
    {
        if (Irregular.TryGetValue(word, out var irregular))
        {
            yield return irregular;
        }
        else if (word.EndsWith("men"))
        {
            yield return word[..^3] + "man";
        }
        else if (word.EndsWith("ies"))
        {
            // "skies" is no plural of "ski".
            yield return word[..^3] + "y";
            yield return word[..^1];
        }
        else if (word.EndsWith("ves"))
        {
            yield return word[..^3] + "f";
            yield return word[..^3] + "fe";
            yield return word[..^1];
        }
        else if (word.EndsWith('s') && !word.EndsWith("ss"))
        {
            yield return word[..^1];
            if (HasSibilantPlural(word))
            {
                yield return word[..^2];
            }
        }
    }

    // "cares" is no plural of "car".
    private static bool HasSibilantPlural(string word) => word.EndsWith("ses") || word.EndsWith("xes") || word.EndsWith("zes")
        || word.EndsWith("ches") || word.EndsWith("shes") || word.EndsWith("oes");
}
