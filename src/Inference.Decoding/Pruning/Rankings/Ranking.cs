namespace Inference.Decoding.Pruning;

/// <summary>What a ranking is computed from.</summary>
public enum RankingInput
{
    /// <summary>Nothing but where rows stand.</summary>
    None,

    /// <summary>How much the prompt's last row attends to each row in the block that runs next.</summary>
    Attention,

    /// <summary>How far the block that ran last has moved each row.</summary>
    HiddenChange,
}

/// <summary>Chooses, image by image, which rows survive a stage. Stateless: one instance serves all requests.</summary>
public abstract class Ranking
{
    private protected Ranking()
    {
    }

    /// <summary>Its name in requests.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Where it comes from.</summary>
    public abstract string Paper { get; }

    /// <summary>What the scores are.</summary>
    public abstract RankingInput Input { get; }

    /// <summary>
    /// Whether text behind an image decides what remains of it. Where it does not, prompts that begin alike share all of what they have
    /// computed.
    /// </summary>
    public virtual bool LooksAtQuestion => false;

    /// <summary>Whether <see cref="RankedRows.Seed"/> matters.</summary>
    public virtual bool IsSeeded => false;

    /// <summary>The rows that remain: ascending offsets among those that are left.</summary>
    /// <param name="rows">The rows of one image that are left.</param>
    /// <param name="count">Rows to keep, at most as many as are left.</param>
    public abstract int[] Keep(RankedRows rows, int count);
}

/// <summary>Rows of one image before a stage.</summary>
/// <param name="scores">A score for each; empty for <see cref="RankingInput.None"/>.</param>
/// <param name="offsets">Offset of each among the image's original rows, ascending.</param>
/// <param name="image">0-based number of the image in the prompt.</param>
/// <param name="seed">Key of random choices.</param>
public readonly ref struct RankedRows(ReadOnlySpan<float> scores, ReadOnlySpan<int> offsets, int image, ulong seed)
{
    /// <summary>A score for each row.</summary>
    public ReadOnlySpan<float> Scores { get; } = scores;

    /// <summary>Offsets among the image's original rows.</summary>
    public ReadOnlySpan<int> Offsets { get; } = offsets;

    /// <summary>0-based number of the image in the prompt.</summary>
    public int Image { get; } = image;

    /// <summary>Key of random choices.</summary>
    public ulong Seed { get; } = seed;
}
