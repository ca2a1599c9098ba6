using System.Text;
using Inference.Engine;

namespace Inference.Grounding.Answers;

/// <summary>The plain way: one generation, its tokens passed on as they come.</summary>
internal sealed class OneGeneration : IAnswerMethod
{
    public async Task<AnswerResult> RunAsync(AnswerScope scope)
    {
        var generation = scope.Submit(scope.Generation);
        var text = new StringBuilder();
        List<TokenEvent> tokens = [];
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            text.Append(token.Text);
            tokens.Add(token);
            await scope.EmitAsync(new AnswerText(token.Text, token.Index + 1, token)).ConfigureAwait(false);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        if (result.HeldText.Length > 0)
        {
            text.Append(result.HeldText);
            await scope.EmitAsync(new AnswerText(result.HeldText, tokens.Count, Token: null)).ConfigureAwait(false);
        }

        return new AnswerResult(text.ToString(), tokens, result);
    }
}
