using Inference.Engine;
using Inference.Grounding.Answers;

namespace Inference.Grounding.Guard;

/// <summary>
/// One generation under a guard, from the kept tokens on: cut into sentences, each judged while the next is written, decided in their
/// order. It ends with the answer, or where a sentence was replaced and another run must go on.
/// </summary>
internal sealed class GuardedRun(
    AnswerScope scope, GuardOptions options, GenerationRequest basis, GuardedText answer, ISegmentJudge judge, Alternatives alternatives)
{
    private readonly Queue<(Segment Segment, Task<SegmentScore> Score)> _pending = new();
    private readonly List<TokenEvent> _open = [];
    private int _segments = answer.Verdicts.Count;
    private int _firstToken = answer.Tokens.Count;
    private Generation? _generation;

    /// <summary>How the engine ended the generation; there once it has been followed.</summary>
    public Task<GenerationResult> Completion => _generation!.Completion;

    /// <summary>Tokens that verdicts took.</summary>
    public int SpentOnVerdicts { get; private set; }

    /// <summary>Follows the generation.</summary>
    /// <returns>How the answer ends, or null where a run must go on from what is kept.</returns>
    public async Task<GenerationResult?> FollowAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(scope.Cancellation);
        int[] before = [.. answer.Tokens.Select(token => token.Id)];
        var tracker = new SegmentTracker(scope.Request.Model.Tokenizer, options.Unit, before);
        _generation = scope.Submit(basis with { Continuation = before, CancellationToken = stop.Token });
        var tokens = _generation.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Task<bool>? next = tokens.MoveNextAsync().AsTask();
        try
        {
            while (next is not null || _pending.Count > 0)
            {
                await WaitAsync(next).ConfigureAwait(false);
                if (_pending.TryPeek(out var first) && first.Score.IsCompleted)
                {
                    _pending.Dequeue();
                    var decision = await DecideAsync(first.Segment, await first.Score.ConfigureAwait(false)).ConfigureAwait(false);
                    if (decision.Ends)
                    {
                        return decision.End;
                    }
                }
                else if (next is { IsCompleted: true })
                {
                    var more = await next.ConfigureAwait(false);
                    if (more)
                    {
                        await TakeAsync(tokens.Current, tracker, stop.Token).ConfigureAwait(false);
                    }
                    else if (_open.Count > 0)
                    {
                        Finish(_open.Count, tracker, stop.Token);
                    }

                    next = more ? tokens.MoveNextAsync().AsTask() : null;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await DrainAsync(next, tokens).ConfigureAwait(false);
            await LeaveAsync().ConfigureAwait(false);
            await tokens.DisposeAsync().ConfigureAwait(false);
        }

        var result = await _generation.Completion.ConfigureAwait(false);
        await answer.AppendHeldAsync(result.HeldText).ConfigureAwait(false);
        return result;
    }

    private Task<Task> WaitAsync(Task<bool>? next)
    {
        Task[] awaited = [.. new Task?[] { next, _pending.TryPeek(out var first) ? first.Score : null }.OfType<Task>()];
        return Task.WhenAny(awaited);
    }

    private async ValueTask TakeAsync(TokenEvent token, SegmentTracker tracker, CancellationToken cancellationToken)
    {
        _open.Add(token);
        await answer.ShowAsync(token).ConfigureAwait(false);
        for (var count = tracker.Append(token.Id); count > 0; count = tracker.Next())
        {
            Finish(count, tracker, cancellationToken);
        }
    }

    private void Finish(int count, SegmentTracker tracker, CancellationToken cancellationToken)
    {
        var segment = new Segment(_segments++, _firstToken, [.. _open.Take(count)], tracker.Take(count));
        _open.RemoveRange(0, count);
        _firstToken += count;
        _pending.Enqueue((segment, judge.JudgeAsync(segment, cancellationToken)));
    }

    private async Task<(bool Ends, GenerationResult? End)> DecideAsync(Segment segment, SegmentScore score)
    {
        SpentOnVerdicts += score.SampledTokens;
        if (!(score.Score > options.Limit))
        {
            await answer.AcceptAsync(segment, Verdict(segment, score, SegmentOutcome.Accepted)).ConfigureAwait(false);
            return default;
        }

        switch (options.Action)
        {
            case GuardAction.Abstain:
                await answer.RetractAsync(segment.Index).ConfigureAwait(false);
                await answer.DecideAsync(Verdict(segment, score, SegmentOutcome.Removed)).ConfigureAwait(false);
                return (true, Ended());
            case GuardAction.Resample when await ReplaceAsync(segment, score.Score.Value).ConfigureAwait(false) is { } replaced:
                return replaced;
            case GuardAction.Resample:
                return default;
            case GuardAction.Verify when score.Claims.Count == 0:
                var checkedScore = await new ClaimJudge(scope, options.Verification).JudgeAsync(
                    segment, scope.Cancellation).ConfigureAwait(false);
                SpentOnVerdicts += checkedScore.SampledTokens;
                await answer.AcceptAsync(
                    segment, Verdict(segment, score with { Claims = checkedScore.Claims }, SegmentOutcome.Flagged)).ConfigureAwait(false);
                return default;
            default:
                await answer.AcceptAsync(segment, Verdict(segment, score, SegmentOutcome.Flagged)).ConfigureAwait(false);
                return default;
        }
    }

    // Null where the sentence stays: the generation goes on behind it.
    private async Task<(bool Ends, GenerationResult? End)?> ReplaceAsync(Segment segment, double score)
    {
        var (best, sampled) = await alternatives.SampleAsync(answer.Tokens, segment, score).ConfigureAwait(false);
        if (best is null)
        {
            var stays = new SegmentVerdict(
                segment.Index, segment.FirstToken, segment.Tokens.Count, segment.Text, score, SegmentOutcome.Flagged, sampled);
            await answer.AcceptAsync(segment, stays).ConfigureAwait(false);
            return null;
        }

        await answer.RetractAsync(segment.Index).ConfigureAwait(false);
        var (taken, verdict) = (best.Segment, best.Score);
        await answer.AcceptAsync(taken, new SegmentVerdict(
            taken.Index, taken.FirstToken, taken.Tokens.Count, taken.Text, verdict.Score, SegmentOutcome.Replaced, sampled, segment.Text,
            score)
        {
            Claims = verdict.Claims,
        }).ConfigureAwait(false);
        return (true, best.End);
    }

    private static SegmentVerdict Verdict(Segment segment, SegmentScore score, SegmentOutcome outcome) =>
        new(segment.Index, segment.FirstToken, segment.Tokens.Count, segment.Text, score.Score, outcome) { Claims = score.Claims };

    private static GenerationResult Ended() => new(FinishReason.Until, StopString: null, default, default);

    // Nobody waits for verdicts on what is not decided, but their questions need the images of the answer.
    private async Task LeaveAsync()
    {
        foreach (Task score in _pending.Select(undecided => undecided.Score))
        {
            await score.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The generation has to have ended before its tokens are counted.
    private static async Task DrainAsync(Task<bool>? next, IAsyncEnumerator<TokenEvent> tokens)
    {
        for (var more = next; more is not null && await more.ConfigureAwait(false); more = tokens.MoveNextAsync().AsTask())
        {
        }
    }
}
