using Inference.Engine;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>
/// Best of n: several samples of the same question, the claims of each checked by the model, and the one with the fewest rejected claims is
/// the answer (the score of RLAIF-V, arXiv 2405.17220, used at inference). That score favours saying little, so samples that are much
/// shorter than the median do not count (<see cref="VerificationOptions.MinLength"/>). The first sample is the one that a single one would
/// be.
/// </summary>
internal sealed class BestOfSamples(int samples, VerificationOptions options) : IAnswerMethod
{
    public async Task<AnswerResult> RunAsync(AnswerScope scope)
    {
        Task<Transcript>[] drafts =
        [
            Transcript.ReadAsync(scope.Submit(Sample(scope, 0))),
            .. Enumerable.Range(1, samples - 1).Select(i =>
                scope.InFlight.RunAsync(() => Transcript.ReadAsync(scope.Submit(Sample(scope, i))))),
        ];
        var checks = await Task.WhenAll(drafts.Select(draft => CheckAsync(scope, draft))).ConfigureAwait(false);
        var best = SampleChoice.Best(
            [.. drafts.Select((draft, i) => (checks[i]?.Rejected, draft.Result.Result.Usage.CompletionTokens))], options.MinLength);
        var answer = drafts[best].Result;
        var sent = 0;
        foreach (var token in answer.Tokens)
        {
            await scope.EmitAsync(new AnswerText(token.Text, ++sent, token)).ConfigureAwait(false);
        }

        if (answer.Result.HeldText.Length > 0)
        {
            await scope.EmitAsync(new AnswerText(answer.Result.HeldText, sent, Token: null)).ConfigureAwait(false);
        }

        var sampled = drafts.Sum(draft => draft.Result.Result.Usage.SampledTokens) + checks.Sum(check => check?.Usage.SampledTokens ?? 0);
        var generation = answer.Result with { Usage = answer.Result.Usage with { SampledTokens = sampled } };
        return new AnswerResult(answer.Text, answer.Tokens, generation) { Claims = checks[best] };
    }

    private static GenerationRequest Sample(AnswerScope scope, int index)
    {
        var request = scope.Generation;
        var seed = request.Sampling.Seed;
        return request with { Sampling = request.Sampling with { Seed = index == 0 ? seed : DerivedSeeds.Of(seed, index) } };
    }

    // Null for a sample that came to no end of its own.
    private async Task<ClaimVerdicts?> CheckAsync(AnswerScope scope, Task<Transcript> reading)
    {
        var draft = await reading.ConfigureAwait(false);
        return draft.Result.Reason is FinishReason.Failed or FinishReason.Cancelled or FinishReason.SlowReader
            ? null
            : await AnswerClaims.CheckAsync(scope, draft.Text, options).ConfigureAwait(false);
    }
}
