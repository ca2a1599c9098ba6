using Inference.Compute;
using Inference.Decoding.Pruning;
using Inference.Engine.Kv;
using Inference.Models.Decoders;
using Inference.Models.Prompts;

namespace Inference.Engine.Pruning;

/// <summary>Sizes that follow from a request alone.</summary>
internal static class PruningLayout
{
    /// <summary>Cache lengths of a request; one group for prompts that nothing is dropped from.</summary>
    public static KvLayout Of(GenerationRequest request, DecoderShape shape, NumberFormat format)
    {
        var prompt = request.Prompt;
        // Probes read the last token too.
        var fedBack = request.Sampling.MaxTokens - (request.Probes.Count == 0 ? 1 : 0);
        if (request.Pruning is not { } plan || prompt.Images.Count == 0)
        {
            return KvLayout.Uniform(shape, prompt.InputIds.Length, prompt.InputIds.Length + fedBack, format);
        }

        var groups = new KvGroup[plan.Stages.Count + 1];
        for (var g = 0; g < groups.Length; g++)
        {
            var rows = prompt.TextTokens + (g == 0 ? prompt.ImageTokens : Kept(plan.Stages[g - 1], prompt));
            var first = g == 0 ? 0 : plan.Stages[g - 1].Layer;
            groups[g] = new KvGroup(first, g < plan.Stages.Count ? plan.Stages[g].Layer : shape.Layers, rows, rows + fedBack);
        }

        return new KvLayout(groups, KvLayout.BytesOf(shape, format));
    }

    /// <summary>What requests must agree in, besides tokens and images, to have the same keys and values.</summary>
    public static KvScope ScopeOf(GenerationRequest request)
    {
        if (request.Pruning is not { } plan || request.Prompt.Images.Count == 0)
        {
            return new KvScope(request.CacheSalt, Plan: null, Head: 0, DependsOnPrompt: false);
        }

        var last = request.Prompt.Images[^1];
        return new KvScope(request.CacheSalt, plan.Identity, last.Start + last.Count, plan.Ranking.LooksAtQuestion);
    }

    /// <summary>Image rows that remain after a stage; every image has its own budget.</summary>
    public static int Kept(PruningStage stage, EncodedPrompt prompt) => prompt.Images.Sum(image => stage.Kept(image.Count));
}
