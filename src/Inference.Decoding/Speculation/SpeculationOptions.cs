namespace Inference.Decoding.Speculation;

/// <summary>
/// Guess the next tokens from what the sequence holds already and let the model check the guesses together, in one step. The tokens are the
/// ones that the model chooses by itself, bit for bit; only the number of steps differs. For greedy decoding.
/// </summary>
public sealed record SpeculationOptions
{
    /// <summary>Most of <see cref="DraftTokens"/>: with the token that is known a tile of the matrix kernels.</summary>
    public const int MostDraftTokens = 11;

    /// <summary>Tokens guessed at once, 1 to <see cref="MostDraftTokens"/>.</summary>
    public int DraftTokens { get; init; } = 4;
}
