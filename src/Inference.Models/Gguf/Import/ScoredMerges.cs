using Inference.Models.Tokenization.Bpe;

namespace Inference.Models.Gguf;

/// <summary>
/// SentencePiece's rule as merges: of all neighbours the two whose joint token scores highest are joined, the leftmost of equals (Kudo and
/// Richardson 2018). So a pair has the rank of its token's score, and equal scores share a rank.
/// </summary>
internal static class ScoredMerges
{
    // Longer tokens occur in no vocabulary, and their splits would be many.
    private const int LongestToken = 256;

    public static MergeTable Create(GgufTokens tokens, ReadOnlySpan<float> scores)
    {
        var ranks = Ranks(scores);
        var merges = new MergeTable(tokens.Count);
        for (var id = 0; id < tokens.Count; id++)
        {
            var text = tokens.TextOf(id);
            if (tokens.TypeOf(id) is not (GgufTokenType.Normal or GgufTokenType.UserDefined) || text.Length > LongestToken)
                continue;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (tokens.Vocabulary.TryGetId(text.AsSpan(0, cut), out var left)
                    && tokens.Vocabulary.TryGetId(text.AsSpan(cut), out var right))
                    merges.Set(left, right, ranks[id], id);
            }
        }

        return merges;
    }

    private static int[] Ranks(ReadOnlySpan<float> scores)
    {
        var best = scores.ToArray();
        Array.Sort(best);
        Array.Reverse(best);
        var distinct = best.Distinct().Select((score, rank) => KeyValuePair.Create(score, rank)).ToDictionary();
        var ranks = new int[scores.Length];
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = distinct[scores[i]];
        return ranks;
    }
}
