using Inference.Compute;
using Inference.Decoding.Sampling;

namespace Inference.Engine.Scheduling;

/// <summary>Turns a row of logits into a token and its event, and decides whether the sequence goes on.</summary>
internal sealed class TokenSelector(IBackend backend, int vocabulary)
{
    private readonly float[] _scores = new float[vocabulary];
    private readonly float[] _logits = new float[vocabulary];

    /// <summary>Samples, emits and reports why the sequence ends here, or null when it goes on. logits: [1, vocabulary].</summary>
    public FinishReason? Select(Sequence sequence, Matrix logits, int contextLength)
    {
        var request = sequence.Request;
        backend.Download(logits.Buffer, logits.Offset, _scores.AsSpan());
        request.Trace?.OnStep(sequence.Generated, _scores);

        var index = sequence.Generated;
        var wantsLogprobs = request.Sampling.Logprobs || request.Sampling.TopLogprobs > 0;
        if (wantsLogprobs)
        {
            _scores.CopyTo(_logits.AsSpan());
        }

        var token = sequence.Sampler.Sample(_scores, index);
        sequence.OnToken(token);

        var isStop = !request.IgnoreStopTokens && request.Sampling.StopTokenIds.Contains(token);
        var text = isStop ? "" : sequence.Text?.Append(token) ?? "";
        var reason = ReasonToEnd(sequence, isStop, contextLength);
        if (reason is not null && sequence.Text is { StopString: null })
        {
            text += sequence.Text.Flush();
        }

        TokenLogprob[] top = wantsLogprobs && request.Sampling.TopLogprobs > 0 ? new TokenLogprob[request.Sampling.TopLogprobs] : [];
        var logprob = wantsLogprobs ? Logprobs.Compute(_logits, token, top) : float.NaN;
        sequence.Generation.Emit(new TokenEvent(index, token, text, logprob, top));
        return reason;
    }

    private static FinishReason? ReasonToEnd(Sequence sequence, bool isStop, int contextLength)
    {
        if (isStop)
        {
            return FinishReason.StopToken;
        }

        if (sequence.Text?.StopString is not null && !sequence.Request.IgnoreStopTokens)
        {
            return FinishReason.StopSequence;
        }

        if (sequence.Generated >= sequence.Request.Sampling.MaxTokens)
        {
            return FinishReason.MaxTokens;
        }

        return sequence.Prompt.InputIds.Length + sequence.Fed >= contextLength ? FinishReason.ContextFull : null;
    }
}
