using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Engine;

/// <summary>What the companion of a request reads.</summary>
internal static class CompanionRequest
{
    /// <summary>
    /// The companion's prompt, with the limits of the request; null where its strategy reads none, or nothing would differ.
    /// </summary>
    public static GenerationRequest? Of(GenerationRequest request)
    {
        if (request.Sampling.Strategy?.Companion is not { } kind || request.Prompt.Images.Count == 0)
        {
            return null;
        }

        var showsImages = kind is CompanionPrompt.NoisedImages;
        return new GenerationRequest
        {
            Prompt = showsImages ? request.Prompt : request.Prompt.WithoutImages(),
            Images = showsImages ? request.CompanionImages : [],
            Sampling = new SamplingParameters { MaxTokens = request.Sampling.MaxTokens },
            Pruning = request.Pruning,
            CacheSalt = request.CacheSalt,
            PrefillChunk = request.PrefillChunk,
            Priority = request.Priority,
        };
    }
}
