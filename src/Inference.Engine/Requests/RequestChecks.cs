using Inference.Models.Decoders;

namespace Inference.Engine;

/// <summary>What can be known of a request before it is queued, and of a model without looking at its load.</summary>
internal static class RequestChecks
{
    /// <exception cref="AdmissionException">It does not fit the context.</exception>
    /// <exception cref="ArgumentException">The strategy is of another model, or the continuation is none.</exception>
    /// <exception cref="Decoding.Pruning.PruningException">The plan does not fit the model.</exception>
    public static void Check(GenerationRequest request, DecoderShape shape, int contextLength)
    {
        var tokens = (long)request.Prompt.InputIds.Length + request.Sampling.MaxTokens;
        if (tokens > contextLength)
        {
            throw new AdmissionException(AdmissionError.TooLong, tokens, contextLength,
                $"The prompt has {request.Prompt.InputIds.Length} tokens and up to {request.Sampling.MaxTokens} are to be generated; the context holds {contextLength}.");
        }

        if (request.Sampling.Strategy is { } strategy && strategy.Layers != shape.Layers)
        {
            throw new ArgumentException($"A strategy for {shape.Layers} layers was expected, found one for {strategy.Layers}.", nameof(request));
        }

        CheckContinuation(request, shape.Vocabulary);
        request.Pruning?.CheckLayers(shape.Layers);
    }

    private static void CheckContinuation(GenerationRequest request, int vocabulary)
    {
        if (request.Continuation.Count > 0 && request.Continuation.Count >= request.Sampling.MaxTokens)
        {
            throw new ArgumentException(
                $"A continuation of fewer than {request.Sampling.MaxTokens} tokens was expected, found {request.Continuation.Count}.", nameof(request));
        }

        foreach (var token in request.Continuation)
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentException($"A token below {vocabulary} was expected in the continuation, found {token}.", nameof(request));
            }
        }
    }
}
