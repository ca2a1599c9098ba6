using Inference.Models.Prompts.Profiles;
using Inference.Models.Tokenization;

namespace Inference.Grounding.Verification;

/// <summary>
/// The tokens that begin an answer of yes and of no in a vocabulary, with and without a blank in front. P(yes) is normalised over them, as
/// RLAIF-V does it over "yes", "Yes", "no" and "No" (arXiv 2405.17220).
/// </summary>
public sealed class YesNoTokens
{
    private readonly int _yes;

    private YesNoTokens(int[] yes, int[] no) => (_yes, Ids) = (yes.Length, [.. yes, .. no]);

    /// <summary>The ids that mean yes, then those that mean no.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>How many of <see cref="Ids"/> mean yes.</summary>
    public int YesCount => _yes;

    /// <summary>
    /// The tokens of the profile's words; null where the vocabulary does not tell yes from no by one token. Words that are a token of their
    /// own count alone; where none is, the first tokens of their spellings do.
    /// </summary>
    public static YesNoTokens? Find(Tokenizer tokenizer, ModelProfile profile)
    {
        var (yes, no) = (First(tokenizer, profile.Yes), First(tokenizer, profile.No));
        int[] onlyYes = [.. yes.Except(no)], onlyNo = [.. no.Except(yes)];
        return onlyYes.Length > 0 && onlyNo.Length > 0 ? new YesNoTokens(onlyYes, onlyNo) : null;
    }

    /// <summary>P(yes) / (P(yes) + P(no)), and the sum P(yes) + P(no).</summary>
    /// <param name="logprobs">Of <see cref="Ids"/>, in their order.</param>
    public (double Yes, double Mass) Read(IReadOnlyList<float> logprobs)
    {
        var (yes, no) = (LogSum(logprobs, 0, _yes), LogSum(logprobs, _yes, logprobs.Count));
        // By the difference of logarithms, so that a model that means neither still leans one way.
        var share = double.IsNegativeInfinity(yes) && double.IsNegativeInfinity(no) ? 0.5 : 1 / (1 + Math.Exp(no - yes));
        return (share, Math.Exp(yes) + Math.Exp(no));
    }

    private static int[] First(Tokenizer tokenizer, IReadOnlyList<string> words)
    {
        var whole = new HashSet<int>();
        var begun = new HashSet<int>();
        foreach (var word in words.SelectMany(word => (string[])[word, " " + word]))
        {
            foreach (var id in tokenizer.EncodeOrdinary(word))
            {
                var text = tokenizer.Decode([id], skipSpecialTokens: false).Trim();
                if (text.Length > 0)
                {
                    (text == word.Trim() ? whole : begun).Add(id);
                    break;
                }
            }
        }

        return [.. whole.Count > 0 ? whole : begun];
    }

    private static double LogSum(IReadOnlyList<float> logprobs, int from, int to)
    {
        var best = double.NegativeInfinity;
        for (var i = from; i < to; i++)
        {
            best = Math.Max(best, logprobs[i]);
        }

        if (double.IsNegativeInfinity(best))
        {
            return best;
        }

        var sum = 0.0;
        for (var i = from; i < to; i++)
        {
            sum += Math.Exp(logprobs[i] - best);
        }

        return best + Math.Log(sum);
    }
}
