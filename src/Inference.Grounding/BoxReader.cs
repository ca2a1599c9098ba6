using System.Text;
using Inference.Engine;
using Inference.Models.Regions;

namespace Inference.Grounding;

/// <summary>A box the model gave, with how sure it was.</summary>
/// <param name="Box">In pixels of the upright original.</param>
/// <param name="Confidence">Geometric mean of the probabilities of the tokens that write the box.</param>
public readonly record struct LocatedBox(Box Box, double Confidence);

/// <summary>Finds the boxes in an answer and how probable their tokens were.</summary>
public static class BoxReader
{
    /// <summary>The boxes of an answer in its order. <paramref name="tokens"/> carry log-probabilities.</summary>
    public static IReadOnlyList<LocatedBox> Read(ServedModel model, PreparedImage image, IReadOnlyList<TokenEvent> tokens)
    {
        var text = new StringBuilder();
        var ends = new int[tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
        {
            ends[i] = text.Append(tokens[i].Text).Length;
        }

        var found = model.Profile.Box.Parse(text.ToString(), image.View, image.Width, image.Height);
        return [.. found.Select(box => new LocatedBox(box.Box, Confidence(tokens, ends, box.Start, box.Start + box.Length)))];
    }

    // A token belongs to the box when a part of its text lies within it.
    private static double Confidence(IReadOnlyList<TokenEvent> tokens, int[] ends, int start, int end)
    {
        var (sum, count, begin) = (0.0, 0, 0);
        for (var i = 0; i < tokens.Count; begin = ends[i++])
        {
            if (begin < end && ends[i] > start)
            {
                sum += tokens[i].Logprob;
                count++;
            }
        }

        return count == 0 ? 0 : Math.Exp(sum / count);
    }
}
