namespace Inference.Models.Decoders;

/// <summary>The pages of one sequence's KV cache as the decoder needs them: an ordered list of physical pages for each layer.</summary>
public interface IKvPages
{
    /// <summary>
    /// Physical pages of <paramref name="layer"/>, in slot order; at least enough for every slot written or read in the step.
    /// </summary>
    ReadOnlySpan<int> Pages(int layer);
}
