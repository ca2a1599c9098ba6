namespace Inference.Engine;

/// <summary>
/// Receives the inside of one request: every hidden state and logit of its prompt, the scores of every step. Called on the step loop's
/// thread; spans are valid during the call only. A traced request takes no shortcut.
/// </summary>
public interface IGenerationTrace
{
    /// <summary>The hidden states that <see cref="OnHidden"/> is wanted for, 0 to L; null for all below L.</summary>
    IReadOnlyList<int>? HiddenLayers => null;

    /// <summary>First prompt row that is reported. Rows before it take no logits.</summary>
    int FirstRow => 0;

    /// <summary>Rows that stand for an image, unless it was encoded before the request began. rows: [count, width].</summary>
    void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width);

    /// <summary>
    /// hidden[<paramref name="index"/>] of consecutive prompt rows, before the final norm; after it, L is reported by
    /// <see cref="OnPromptOutput"/>. Rows count among those that block <paramref name="index"/> − 1 saw: all of the prompt where nothing is
    /// dropped.
    /// </summary>
    void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width);

    /// <summary>A stage of pruning: which image rows remain, in raster order.</summary>
    /// <param name="stage">Index of the stage in the plan.</param>
    /// <param name="kept">Offsets among the image rows before the stage, all images one after the other.</param>
    /// <param name="keptOriginal">Offsets among the image rows of the prompt.</param>
    void OnStage(int stage, ReadOnlySpan<int> kept, ReadOnlySpan<int> keptOriginal)
    {
    }

    /// <summary>A prompt row after the final norm, and its logits; rows count among those that the last block saw.</summary>
    void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits);

    /// <summary>
    /// The scores that the token of a step is chosen from; excluded tokens have <see cref="Decoding.Sampling.ArgMax.Excluded"/>.
    /// </summary>
    /// <param name="step">0-based index of the token among the generated ones.</param>
    /// <param name="scores">[vocabulary]</param>
    /// <param name="layer">The layer that the strategy chose, or null where it chooses none.</param>
    void OnStep(int step, ReadOnlySpan<float> scores, int? layer);
}
