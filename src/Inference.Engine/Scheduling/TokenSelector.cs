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
    /// Scores, samples, emits and reports why the sequence ends here, or null when it goes on. logits: [1, vocabulary], lens: [rows of the strategy, vocabulary].
    /// </summary>
    public FinishReason? Select(Sequence sequence, Matrix logits, Matrix lens, int contextLength)
    {
        var request = sequence.Request;
        var index = sequence.Generated;
        var wantsLogprobs = request.Sampling.Logprobs || request.Sampling.TopLogprobs > 0;
        Score(sequence, logits, lens);

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
        sequence.Emit(new TokenEvent(index, token, text, logprob, top) { WatchedLogprobs = Watched(request.WatchedTokens) });
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

    private void Score(Sequence sequence, Matrix logits, Matrix lens)
    {
        var (sampling, trace) = (sequence.Request.Sampling, sequence.Request.Trace);
        _step.Begin(logits, lens, sequence.Generated, sampling.Seed, isTraced: trace is not null);
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
