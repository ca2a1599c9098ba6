namespace Inference.Models.Decoders;

/// <summary>
/// Products of a row's hidden states with vectors (<see cref="ProbeVectors"/>), taken while a step runs. hidden[i] is the output of block
/// i: 0 the embeddings, L the last block before the final norm. Immutable; one plan serves any number of requests.
/// </summary>
/// <param name="Terms">Score by score, the layers of a score in ascending order; every score has at least one term.</param>
/// <param name="Scores">Number of scores.</param>
public sealed record ProbePlan(IReadOnlyList<ProbePlanTerm> Terms, int Scores)
{
    /// <summary>The deepest layer that is read.</summary>
    public int Deepest { get; } = Terms.Max(term => term.Layer);
}

/// <summary>A product that is added to a score.</summary>
/// <param name="Layer">0 (embeddings) to L.</param>
/// <param name="Vector">Row of the vectors.</param>
/// <param name="Score">Index of the score.</param>
public readonly record struct ProbePlanTerm(int Layer, int Vector, int Score);
