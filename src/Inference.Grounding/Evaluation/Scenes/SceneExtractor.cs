using System.Text.RegularExpressions;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>
/// Finds the objects that a text about a drawn scene mentions: runs of attribute words that end in a noun. Attributes that no noun follows
/// at once mention nothing, so half a phrase at the end of a text that was cut is left out.
/// </summary>
public static partial class SceneExtractor
{
    /// <summary>The mentions in reading order.</summary>
    public static IReadOnlyList<SceneMention> Extract(string text)
    {
        List<SceneMention> mentions = [];
        List<SceneWord> phrase = [];
        string? relation = null;
        foreach (Match match in WordPattern().Matches(text))
        {
            var word = match.Value.ToLowerInvariant();
            if (!SceneWords.TryFind(word, out var kind, out var value))
            {
                // "left of the": the relation holds until a noun takes it; anything but its own small words ends it.
                relation = SceneWords.Relation(word) ?? (word is "of" or "the" or "a" or "an" ? relation : null);
                phrase.Clear();
                continue;
            }

            phrase.Add(new SceneWord(kind, value, match.Index, match.Length));
            if (kind == SceneWordKind.Shape)
            {
                mentions.Add(new SceneMention([.. phrase], relation));
                phrase.Clear();
                relation = null;
            }
        }

        return mentions;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+|[^\s\p{L}\p{N}]", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();
}
