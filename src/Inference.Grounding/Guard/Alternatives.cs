using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;

namespace Inference.Grounding.Guard;

/// <summary>A sentence that might take the place of another.</summary>
/// <param name="Segment">Its tokens.</param>
/// <param name="Score">What the judge says.</param>
/// <param name="End">How the answer ends with it; null where it goes on.</param>
internal sealed record Alternative(Segment Segment, SegmentScore Score, GenerationResult? End);

/// <summary>
/// Samples sentences in the place of a rejected one: n requests that go on from the same tokens, so that they share everything in front of
/// them, each up to the end of its first sentence. Their seeds are derived from the request's, the place of the sentence and the attempt.
/// </summary>
internal sealed class Alternatives(AnswerScope scope, GuardOptions options, ISegmentJudge judge, GenerationRequest basis)
{
    private int _spent;
    private int _spentOnVerdicts;

    /// <summary>Tokens that alternatives took so far.</summary>
    public int Spent => Volatile.Read(ref _spent);

    /// <summary>Tokens that their verdicts took.</summary>
    public int SpentOnVerdicts => Volatile.Read(ref _spentOnVerdicts);

    /// <summary>Whether the budget kept an attempt from being made.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Samples until one is clean or the budgets are spent.</summary>
    /// <param name="kept">Tokens in front of the sentence.</param>
    /// <param name="rejected">The sentence; it competes for the lowest score when nothing is clean.</param>
    /// <param name="score">Its score.</param>
    /// <returns>What replaces it, or null where it stays; and how many were sampled.</returns>
    public async Task<(Alternative? Best, int Sampled)> SampleAsync(IReadOnlyList<TokenEvent> kept, Segment rejected, double score)
    {
        Alternative? least = null;
        var sampled = 0;
        for (var attempt = 0; attempt < options.Attempts && !scope.Cancellation.IsCancellationRequested; attempt++)
        {
            var share = (options.MaxTokens - Spent) / options.Alternatives;
            if (share < 1)
            {
                IsExhausted = true;
                break;
            }

            var drafts = await Task.WhenAll(
                Enumerable.Range(0, options.Alternatives).Select(i => DraftAsync(kept, rejected.Index, attempt, i, share)))
                .ConfigureAwait(false);
            sampled += drafts.Length;
            Alternative[] whole = [.. drafts.OfType<Alternative>()];
            if (Clean(whole) is { } clean)
            {
                return (clean, sampled);
            }

            least = whole.Append(least).OfType<Alternative>().Where(draft => draft.Score.Score < score).MinBy(draft => draft.Score.Score);
        }

        return (least, sampled);
    }

    // Saying nothing is clean too, but something clean is better: scored before unscored, words before none.
    private Alternative? Clean(IReadOnlyList<Alternative> drafts)
    {
        var clean = drafts.Where(draft => !(draft.Score.Score > options.Limit))
            .OrderBy(draft => draft.Score.Score is not null ? 0 : draft.Segment.HasContent ? 1 : 2);
        return options.Acceptance == GuardAcceptance.Best
            ? clean.ThenBy(draft => draft.Score.Score).FirstOrDefault()
            : clean.FirstOrDefault();
    }

    // Null for one that the budget or the end of the request cut off in the middle.
    private async Task<Alternative?> DraftAsync(IReadOnlyList<TokenEvent> kept, int index, int attempt, int number, int share)
    {
        int[] before = [.. kept.Select(token => token.Id)];
        var tracker = new SegmentTracker(scope.Request.Model.Tokenizer, options.Unit, before);
        var tokens = 0;
        var sampling = basis.Sampling;
        var request = basis with
        {
            Continuation = before,
            Until = id => (tokens = tracker.Append(id)) > 0,
            Sampling = sampling with
            {
                DoSample = true,
                Temperature = sampling.IsGreedy ? options.Temperature : sampling.Temperature,
                Seed = DerivedSeeds.Of(sampling.Seed, index, attempt, number),
                MaxTokens = Math.Min(sampling.MaxTokens, before.Length + share),
            },
            CancellationToken = scope.Cancellation,
        };
        var draft = await scope.InFlight.RunAsync(() => Transcript.ReadAsync(scope.Submit(request))).ConfigureAwait(false);
        Interlocked.Add(ref _spent, draft.Tokens.Count);
        var isCut = draft.Result.Reason == FinishReason.MaxTokens && before.Length + draft.Tokens.Count < sampling.MaxTokens;
        if (isCut || draft.Tokens.Count == 0
            || draft.Result.Reason is FinishReason.Failed or FinishReason.Cancelled or FinishReason.SlowReader)
        {
            return null;
        }

        // An end that is known with the last token that may be generated leaves nothing to go on with.
        var (goesOn, isFull) = (draft.Result.Reason == FinishReason.Until, before.Length + tokens >= sampling.MaxTokens);
        TokenEvent[] taken = [.. draft.Tokens.Take(goesOn ? tokens : draft.Tokens.Count)];
        var segment = new Segment(index, before.Length, taken, tracker.Take(taken.Length));
        var verdict = await judge.JudgeAsync(segment, scope.Cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _spentOnVerdicts, verdict.SampledTokens);
        var end = goesOn ? draft.Result with { Reason = FinishReason.MaxTokens } : draft.Result;
        return new Alternative(segment, verdict, goesOn && !isFull ? null : end);
    }
}
