using System.Text;
using Inference.Engine;

namespace Inference.Grounding.CycleConsistency;

/// <summary>A generation read to its end.</summary>
/// <param name="Text">All of its text.</param>
/// <param name="Tokens">Its tokens, a final stop token included.</param>
/// <param name="Result">How it ended.</param>
public sealed record Transcript(string Text, IReadOnlyList<TokenEvent> Tokens, GenerationResult Result)
{
    /// <summary>Geometric mean of the probabilities of the tokens, 0 without tokens; they must carry log-probabilities.</summary>
    public double Likelihood => Tokens.Count == 0 ? 0 : Math.Exp(Tokens.Average(token => (double)token.Logprob));

    /// <summary>Reads it; never faults because of the request.</summary>
    public static async Task<Transcript> ReadAsync(Generation generation)
    {
        var text = new StringBuilder();
        List<TokenEvent> tokens = [];
        await foreach (var token in generation.ReadAllAsync().ConfigureAwait(false))
        {
            text.Append(token.Text);
            tokens.Add(token);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        return new Transcript(text.Append(result.HeldText).ToString(), tokens, result);
    }
}
