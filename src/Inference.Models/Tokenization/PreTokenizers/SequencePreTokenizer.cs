namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public void Split(List<Piece> pieces, List<Piece> result)
    {
        foreach (var step in steps)
        {
            var split = new List<Piece>(pieces.Count);
            step.Split(pieces, split);
            pieces = split;
        }
        result.AddRange(pieces);
    }
}
