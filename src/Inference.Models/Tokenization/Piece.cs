namespace Inference.Models.Tokenization;

/// <summary>
/// A stretch of text on its way to the model. <paramref name="AtStart"/>: it begins where the whole input begins, which Metaspace's
/// scheme <c>first</c> asks for.
/// </summary>
internal readonly record struct Piece(string Source, int Start, int Length, bool AtStart)
{
    public int End => Start + Length;

    public ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    /// <summary>The part from <paramref name="start"/> to <paramref name="end"/>, both positions in <see cref="Source"/>.</summary>
    public Piece Part(int start, int end) => new(Source, start, end - start, AtStart && start == Start);
}
