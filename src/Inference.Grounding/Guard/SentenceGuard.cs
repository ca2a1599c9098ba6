using System.Diagnostics;
using Inference.Engine;
using Inference.Grounding.Answers;

namespace Inference.Grounding.Guard;

/// <summary>
/// Watches an answer sentence by sentence and intervenes where one is bad: the loop of SENTINEL (arXiv 2507.12455) as a decoder. Sentences
/// are scored beside the generation that goes on; one that is over the threshold is taken back with everything behind it, and the answer
/// goes on from an alternative as a request that continues the tokens kept, so nothing rejected is ever in the context. A guard that never
/// fires gives the bits of plain decoding.
/// </summary>
/// <param name="options">What fires it and what it does then.</param>
internal sealed class SentenceGuard(GuardOptions options) : IAnswerMethod
{
    public async Task<AnswerResult> RunAsync(AnswerScope scope)
    {
        var basis = scope.Generation;
        var judge = options.Judge ?? new ClaimJudge(scope, options.Verification);
        if (options is { Judge: null, Probe.Probe: { } probe })
        {
            judge = new ProbeJudge(probe, options.Unit);
            basis = basis with { Probes = [.. basis.Probes.Append(probe).Distinct()] };
        }

        var alternatives = new Alternatives(scope, options, judge, basis);
        var answer = new GuardedText(scope, options.Streaming);
        List<GenerationResult> runs = [];
        GenerationResult? end = null;
        while (end is null)
        {
            var run = new GuardedRun(scope, options, basis, answer, judge, alternatives);
            end = await run.FollowAsync().ConfigureAwait(false);
            runs.Add(await run.Completion.ConfigureAwait(false));
            answer.SpentOnVerdicts += run.SpentOnVerdicts;
        }

        return Result(answer, runs, end, alternatives);
    }

    private static AnswerResult Result(GuardedText answer, List<GenerationResult> runs, GenerationResult end, Alternatives alternatives)
    {
        var first = runs[0];
        var generated = runs.Sum(run => run.Usage.CompletionTokens) + alternatives.Spent;
        var usage = first.Usage with
        {
            CompletionTokens = answer.Tokens.Count,
            SampledTokens = generated + answer.SpentOnVerdicts + alternatives.SpentOnVerdicts,
        };
        var timings = first.Timings;
        var decode = Stopwatch.GetElapsedTime(answer.Started) - timings.Queue - timings.Encode - timings.Prefill;
        var generation = end with { Usage = usage, Timings = timings with { Decode = decode > TimeSpan.Zero ? decode : TimeSpan.Zero } };
        var report = new GuardReport(answer.Verdicts, generated - answer.Tokens.Count, alternatives.IsExhausted);
        return new AnswerResult(answer.Text, answer.Tokens, generation) { Guard = report };
    }
}
