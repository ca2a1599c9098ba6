using Inference.Decoding.Layers;
using Inference.Decoding.Speculation;
using Inference.Models.Decoders;

namespace Inference.Engine;

/// <summary>What can be known of a request before it is queued, and of a model without looking at its load.</summary>
internal static class RequestChecks
{
    /// <exception cref="AdmissionException">It does not fit the context.</exception>
    /// <exception cref="ArgumentException">
    /// The strategy is of another model, its companion lacks images, the continuation is none, or tokens cannot be guessed.
    /// </exception>
    /// <exception cref="Decoding.Pruning.PruningException">The plan does not fit the model.</exception>
    public static void Check(GenerationRequest request, DecoderShape shape, int contextLength)
    {
        var tokens = (long)request.Prompt.InputIds.Length + request.Sampling.MaxTokens;
        if (tokens > contextLength)
        {
            throw new AdmissionException(AdmissionError.TooLong, tokens, contextLength,
                $"The prompt has {request.Prompt.InputIds.Length} tokens and up to {request.Sampling.MaxTokens} are to be generated; the "
                    + $"context holds {contextLength}.");
        }

        if (request.Sampling.Strategy is { } strategy && strategy.Layers != shape.Layers)
        {
            throw new ArgumentException(
                $"A strategy for {shape.Layers} layers was expected, found one for {strategy.Layers}.", nameof(request));
        }

        CheckCompanion(request);
        CheckContinuation(request, shape.Vocabulary);
        request.Pruning?.CheckLayers(shape.Layers);
        CheckSpeculation(request);
    }

    private static void CheckSpeculation(GenerationRequest request)
    {
        if (request.Speculation is not { } speculation)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(speculation.DraftTokens, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speculation.DraftTokens, SpeculationOptions.MostDraftTokens, nameof(request));
        if (request is not { Sampling: { IsGreedy: true, Strategy: null }, Probes.Count: 0, Trace: null })
        {
            throw new ArgumentException(
                "Speculation was found together with sampling, a strategy, probes or a trace; allowed: greedy decoding alone.",
                nameof(request));
        }
    }

    private static void CheckCompanion(GenerationRequest request)
    {
        if (request.Sampling.Strategy?.Companion is CompanionPrompt.NoisedImages
            && !request.Images.Select(image => image.Rows).SequenceEqual(request.CompanionImages.Select(image => image.Rows)))
        {
            throw new ArgumentException(
                $"For each of {request.Images.Count} images one of as many rows was expected for the companion, found "
                    + $"{request.CompanionImages.Count}.", nameof(request));
        }

        if (request.Sampling.Strategy?.Companion is CompanionPrompt.WithoutImages && request.Prompt.TextTokens == 0)
        {
            throw new ArgumentException("A prompt with text was expected for a strategy whose companion sees no images.", nameof(request));
        }
    }

    private static void CheckContinuation(GenerationRequest request, int vocabulary)
    {
        if (request.Continuation.Count > 0 && request.Continuation.Count >= request.Sampling.MaxTokens)
        {
            throw new ArgumentException(
                $"A continuation of fewer than {request.Sampling.MaxTokens} tokens was expected, found {request.Continuation.Count}.",
                nameof(request));
        }

        foreach (var token in request.Continuation)
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentException(
                    $"A token below {vocabulary} was expected in the continuation, found {token}.", nameof(request));
            }
        }
    }
}
