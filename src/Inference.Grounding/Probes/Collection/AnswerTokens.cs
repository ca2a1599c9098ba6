using System.Text;
using Inference.Models.Tokenization;

namespace Inference.Grounding.Probes.Collection;

/// <summary>An answer as text and tokens.</summary>
/// <param name="Text">What the tokens decode to.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="Ends">Where the text of each token ends, UTF-16.</param>
public sealed record AnswerTokens(string Text, int[] Ids, int[] Ends)
{
    /// <summary>Of ids that a model gave. A token that ends inside a character has no text; the one that completes it has it all.</summary>
    public static AnswerTokens Decode(Tokenizer tokenizer, ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder();
        var decoder = tokenizer.DecodeStream(skipSpecialTokens: true);
        var ends = new int[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ends[i] = text.Append(decoder.Append(ids[i])).Length;
        }

        if (ids.Length > 0)
        {
            ends[^1] = text.Append(decoder.Flush()).Length;
        }

        return new AnswerTokens(text.ToString(), ids.ToArray(), ends);
    }

    /// <summary>Of a text as the model would have had to write it; null where the tokenizer does not give the text back.</summary>
    public static AnswerTokens? Encode(Tokenizer tokenizer, string text)
    {
        var answer = Decode(tokenizer, tokenizer.EncodeOrdinary(text));
        return answer.Text == text ? answer : null;
    }

    /// <summary>The tokens that have text between two characters: the first and their number, which is 0 where none has.</summary>
    public (int First, int Count) Within(int start, int end)
    {
        var first = Array.FindIndex(Ends, tokenEnd => tokenEnd > start);
        var count = 0;
        for (var i = first; i >= 0 && i < Ends.Length && (i == 0 ? 0 : Ends[i - 1]) < end; i++)
        {
            count++;
        }

        return (first, count);
    }
}
