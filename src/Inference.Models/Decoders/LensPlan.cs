namespace Inference.Models.Decoders;

/// <summary>
/// What a layer lens reads at a sampled row: hidden states of chosen layers, to be multiplied by the vocabulary matrix. hidden[i] is the
/// output of block i: 0 the embeddings, L the last block before the final norm. Immutable; one plan serves any number of requests.
/// </summary>
/// <param name="Rows">The lens rows, in the order in which their logits are wanted.</param>
/// <param name="FinalNorm">Whether the final norm is applied to the rows before the vocabulary matrix.</param>
public sealed record LensPlan(IReadOnlyList<LensRow> Rows, bool FinalNorm)
{
    /// <summary>Reads nothing.</summary>
    public static LensPlan None { get; } = new([], false);

    /// <summary>One row a layer.</summary>
    public static LensPlan OfLayers(IReadOnlyList<int> layers, bool finalNorm) =>
        new([.. layers.Select(layer => new LensRow([new LensTerm(layer, 1f)]))], finalNorm);

    /// <summary>One row: a weighted sum of layers, projected once because the logits are linear in it.</summary>
    public static LensPlan OfSum(IEnumerable<LensTerm> terms) => new([new LensRow([.. terms.OrderBy(term => term.Layer)])], false);

    /// <summary>The deepest layer that is read; -1 for none.</summary>
    public int Deepest => Rows.Count == 0 ? -1 : Rows.Max(row => row.Terms[^1].Layer);
}

/// <summary>A row of a lens: Σ weight · hidden[layer].</summary>
/// <param name="Terms">In ascending order of layers, at least one.</param>
public sealed record LensRow(IReadOnlyList<LensTerm> Terms);

/// <summary>A hidden state's share in a row of a lens.</summary>
/// <param name="Layer">0 (embeddings) to L.</param>
/// <param name="Weight">Its factor.</param>
public readonly record struct LensTerm(int Layer, float Weight);
