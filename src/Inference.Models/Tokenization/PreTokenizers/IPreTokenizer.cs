namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>Cuts pieces of text into smaller ones, or rewrites them. Immutable.</summary>
internal interface IPreTokenizer
{
    /// <summary>Appends what the pieces become; empty pieces are left out.</summary>
    void Split(List<Piece> pieces, List<Piece> result);
}
