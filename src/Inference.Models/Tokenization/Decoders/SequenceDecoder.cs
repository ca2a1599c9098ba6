namespace Inference.Models.Tokenization.Decoders;

/// <summary>One decoder after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<IDecoder> steps) : IDecoder
{
    public DecodeStage Start(DecodeStage next)
    {
        for (var i = steps.Count - 1; i >= 0; i--) next = steps[i].Start(next);
        return next;
    }
}
