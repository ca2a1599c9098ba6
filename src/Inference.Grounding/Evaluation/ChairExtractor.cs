using System.Text.RegularExpressions;

namespace Inference.Grounding.Evaluation;

/// <summary>An object that a caption names.</summary>
/// <param name="Node">Index into <see cref="ChairVocabulary.Nodes"/>.</param>
/// <param name="Start">First character of the mention in the caption.</param>
/// <param name="Length">Characters of the mention, without a possessive ending.</param>
public readonly record struct ObjectMention(int Node, int Start, int Length);

/// <summary>The objects of a caption in reading order, and how many words it has.</summary>
public sealed record CaptionObjects(IReadOnlyList<ObjectMention> Mentions, int Words);

/// <summary>
/// Finds the objects that a caption mentions, with the rules of CHAIR (Rohrbach et al., "Object Hallucination in Image Captioning", EMNLP
/// 2018; utils/chair.py of LisaAnne/Hallucination): lower-case words in the singular, known pairs read as one word ("hot dog", "baby bear"
/// → bear, "passenger train" → train), no chair in the seat of a toilet. A hyphenated word is one word, and a possessive names its owner,
/// as in the tokenizer behind the published numbers.
/// </summary>
public sealed partial class ChairExtractor(ChairVocabulary vocabulary)
{
    /// <summary>Reads a caption.</summary>
    public CaptionObjects Extract(string caption)
    {
        var words = Words(caption);
        var merged = Merge(words, caption);
        var isToilet = merged.Exists(word => word.Text == "toilet");
        List<ObjectMention> mentions = [];
        foreach (var word in merged)
        {
            // "The seat of the toilet" is no chair.
            if (vocabulary.TryGetNode(word.Text, out var node) && !(isToilet && word.Text == "seat"))
            {
                mentions.Add(new ObjectMention(node, word.Start, word.End - word.Start));
            }
        }

        return new CaptionObjects(mentions, words.Count);
    }

    private List<Word> Words(string caption)
    {
        List<Word> words = [];
        foreach (Match match in WordPattern().Matches(caption))
        {
            var stem = match.Groups["stem"];
            var text = SingularForm.Of(stem.Value.ToLowerInvariant(), vocabulary.Knows);
            words.Add(new Word(text, stem.Index, stem.Index + stem.Length));
        }

        return words;
    }

    private List<Word> Merge(List<Word> words, string caption)
    {
        List<Word> merged = new(words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (i + 1 < words.Count && vocabulary.TryGetPair(word.Text, words[i + 1].Text, out var pair)
                && caption.AsSpan(word.End, words[i + 1].Start - word.End).IsWhiteSpace())
            {
                merged.Add(new Word(pair!, word.Start, words[i + 1].End));
                i++;
            }
            else
            {
                merged.Add(word);
            }
        }

        return merged;
    }

    [GeneratedRegex(@"(?<stem>[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*)(?:['’]\p{L}+)?", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    private readonly record struct Word(string Text, int Start, int End);
}
