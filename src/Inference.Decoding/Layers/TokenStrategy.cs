using System.Collections.Frozen;
using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>
/// A way to score the next token from the final logits and those of intermediate layers; the common sampler chooses from the scores.
/// Immutable: one instance serves any number of requests, what belongs to a sequence comes with the step.
/// </summary>
public abstract class TokenStrategy
{
    /// <summary>What <see cref="Score"/> returns where no layer was chosen.</summary>
    public const int NoLayer = -1;

    private protected TokenStrategy(StrategySettings settings)
    {
        (Name, Layers) = (settings.Strategy, settings.Context.Layers);
        Settings = settings.Effective;
    }

    /// <summary>One that takes no settings and is no request's to name.</summary>
    private protected TokenStrategy(string name, int layers)
    {
        (Name, Layers) = (name, layers);
        Settings = FrozenDictionary<string, string>.Empty;
    }

    /// <summary>Its name in requests.</summary>
    public string Name { get; }

    /// <summary>Blocks of the decoder it was made for, L.</summary>
    public int Layers { get; }

    /// <summary>Every setting with the value in effect, as a request would spell it.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>What it reads at every sampled row.</summary>
    public abstract LensPlan Lens { get; }

    /// <summary>A second sequence whose logits it reads; null for none.</summary>
    public virtual CompanionPrompt? Companion => null;

    /// <summary>Whether the scores of this step depend on the companion's logits: it is read, lazily, only where they do.</summary>
    /// <param name="step">Final logits of the step.</param>
    public virtual bool NeedsCompanion(StrategyStep step) => false;

    /// <summary>Scores every token. Excluded ones get <see cref="Sampling.ArgMax.Excluded"/>.</summary>
    /// <param name="step">Logits of the step.</param>
    /// <param name="scores">[vocabulary], overwritten.</param>
    /// <returns>The layer that was chosen at this step, or <see cref="NoLayer"/>.</returns>
    public abstract int Score(StrategyStep step, Span<float> scores);
}
