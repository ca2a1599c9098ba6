using Inference.Engine;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>An answer whose claims are checked once it is there, whatever made it; the text stays as it is.</summary>
internal sealed class VerifiedAnswer(IAnswerMethod method, VerificationOptions options) : IAnswerMethod
{
    public async Task<AnswerResult> RunAsync(AnswerScope scope)
    {
        var answer = await method.RunAsync(scope).ConfigureAwait(false);
        if (answer.Generation.Reason is FinishReason.Failed or FinishReason.Cancelled or FinishReason.SlowReader)
        {
            return answer;
        }

        if (answer.Claims is null && await AnswerClaims.CheckAsync(scope, answer.Text, options).ConfigureAwait(false) is { } claims)
        {
            var usage = answer.Generation.Usage;
            usage = usage with { SampledTokens = usage.SampledTokens + claims.Usage.SampledTokens };
            answer = answer with { Claims = claims, Generation = answer.Generation with { Usage = usage } };
        }

        foreach (var verdict in answer.Claims?.Verdicts ?? [])
        {
            await scope.EmitAsync(new AnswerClaim(verdict, answer.Text)).ConfigureAwait(false);
        }

        return answer;
    }
}
