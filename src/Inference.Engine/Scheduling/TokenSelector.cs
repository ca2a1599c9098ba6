using Inference.Compute;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Engine.Scheduling;

/// <summary>Turns a row of logits into a token and its event, and decides whether the sequence goes on.</summary>
internal sealed class TokenSelector(IBackend backend, int vocabulary, int mostLensRows) : IDisposable
{
    private readonly float[] _scores = new float[vocabulary];
    private readonly StrategyStep _step = new(backend, vocabulary, mostLensRows);

    /// <summary>
    /// Scores, samples, emits and reports why the sequence ends here, or null when it goes on. logits: [1, vocabulary], lens: [rows of the
    /// strategy, vocabulary].
    /// </summary>
    public FinishReason? Select(Sequence sequence, Matrix logits, Matrix lens, int contextLength)
    {
        Begin(sequence, logits, lens);
        return Choose(sequence, contextLength);
    }

    /// <summary>The same for a sequence with a companion; waits for the companion's logits where they matter and are not there.</summary>
    /// <returns>Null also where the companion is awaited, and no token has been chosen.</returns>
    public FinishReason? SelectOrAwait(Sequence owner, Companionship companion, Matrix logits, int contextLength)
    {
        Begin(owner, logits, logits.RowRange(0, 0));
        if (!owner.Request.Sampling.Strategy!.NeedsCompanion(_step))
        {
            return Choose(owner, contextLength);
        }

        if (companion.IsHeard(owner))
        {
            return ChooseWith(owner, companion, companion.Companions, contextLength);
        }

        companion.Await(backend, owner, logits);
        return null;
    }

    /// <summary>Goes on with the logits of a companion, [1, vocabulary], where its owner waits for them.</summary>
    /// <returns>Null also where the owner does not wait, and no token has been chosen.</returns>
    public FinishReason? SelectWith(Sequence owner, Companionship companion, Matrix logits, int contextLength)
    {
        if (companion.Sequence.Unread > 0)
        {
            // More has been given it since the step was planned.
            return null;
        }

        if (!companion.IsAwaited)
        {
            companion.Hear(backend, logits);
            return null;
        }

        Begin(owner, companion.Owners, logits.RowRange(0, 0));
        return ChooseWith(owner, companion, logits, contextLength);
    }

    private FinishReason? ChooseWith(Sequence owner, Companionship companion, Matrix logits, int contextLength)
    {
        _step.AddCompanion(logits);
        companion.Resume();
        var reason = Choose(owner, contextLength);
        if (reason is null)
        {
            companion.Follow(owner);
        }

        return reason;
    }

    private void Begin(Sequence sequence, Matrix logits, Matrix lens) =>
        _step.Begin(logits, lens, sequence.Generated, sequence.Request.Sampling.Seed, isTraced: sequence.Request.Trace is not null);

    private FinishReason? Choose(Sequence sequence, int contextLength)
    {
        var request = sequence.Request;
        var index = sequence.Generated;
        var wantsLogprobs = request.Sampling.Logprobs || request.Sampling.TopLogprobs > 0;
        Score(sequence);

        var token = sequence.Sampler.Sample(_scores, index);
        sequence.OnToken(token);

        var isStop = !request.IgnoreStopTokens && request.Sampling.StopTokenIds.Contains(token);
        var text = isStop ? "" : sequence.Text?.Append(token) ?? "";
        var wantsEnd = request.Until?.Invoke(token) == true;
        var reason = ReasonToEnd(sequence, isStop, wantsEnd, contextLength);
        if (reason is not null && sequence.Text is { StopString: null })
        {
            text += sequence.Text.Flush();
        }

        TokenLogprob[] top = wantsLogprobs && request.Sampling.TopLogprobs > 0 ? new TokenLogprob[request.Sampling.TopLogprobs] : [];
        var logprob = wantsLogprobs ? Logprobs.Compute(_step.Logits, token, top) : float.NaN;
        sequence.Emit(new TokenEvent(index, token, text, logprob, top)
        {
            Time = sequence.TokenTime,
            WatchedLogprobs = Watched(request.WatchedTokens),
        });
        return reason;
    }

    private float[] Watched(IReadOnlyList<int> tokens)
    {
        if (tokens.Count == 0)
        {
            return [];
        }

        var logprobs = new float[tokens.Count];
        Logprobs.Compute(_step.Logits, tokens, logprobs);
        return logprobs;
    }

    private void Score(Sequence sequence)
    {
        var (sampling, trace) = (sequence.Request.Sampling, sequence.Request.Trace);
        var layer = TokenStrategy.NoLayer;
        if (sampling.Strategy is { } strategy)
        {
            layer = strategy.Score(_step, _scores);
        }
        else
        {
            _step.Logits.CopyTo(_scores);
        }

        trace?.OnStep(sequence.Generated, _scores, layer == TokenStrategy.NoLayer ? null : layer);
    }

    private static FinishReason? ReasonToEnd(Sequence sequence, bool isStop, bool wantsEnd, int contextLength)
    {
        if (isStop)
        {
            return FinishReason.StopToken;
        }

        if (sequence.Text?.StopString is not null && !sequence.Request.IgnoreStopTokens)
        {
            return FinishReason.StopSequence;
        }

        if (wantsEnd)
        {
            return FinishReason.Until;
        }

        if (sequence.Generated >= sequence.Request.Sampling.MaxTokens)
        {
            return FinishReason.MaxTokens;
        }

        return sequence.Rows.Filled >= contextLength ? FinishReason.ContextFull : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _step.Dispose();
}
