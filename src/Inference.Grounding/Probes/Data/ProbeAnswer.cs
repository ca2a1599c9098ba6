namespace Inference.Grounding.Probes.Data;

/// <summary>An answer of a model with what was measured at each of its tokens and which of its parts are right.</summary>
public sealed record ProbeAnswer
{
    /// <summary>The image as the source of labels names it.</summary>
    public required string Image { get; init; }

    /// <summary>SHA-256 of the image file: answers about one image never lie on both sides of a split.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The user's text.</summary>
    public required string Prompt { get; init; }

    /// <summary>The answer.</summary>
    public required string Text { get; init; }

    /// <summary>Token ids, without the one that ended the answer.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>Where the text of each token ends, UTF-16; it begins where that of the token before ends.</summary>
    public required IReadOnlyList<int> Ends { get; init; }

    /// <summary>Natural log-probability of each token under the final logits.</summary>
    public required IReadOnlyList<float> Logprobs { get; init; }

    /// <summary>Entropy in nats of the distribution that each token was drawn from.</summary>
    public required IReadOnlyList<float> Entropies { get; init; }

    /// <summary>The labelled parts.</summary>
    public required IReadOnlyList<LabelledSpan> Spans { get; init; }
}
