namespace Inference.Models.Tokenization.Decoders;

/// <summary>
/// One step of decoding as a stream of tokens. A token arrives in one or more pieces of whole code points, then its end; it leaves the
/// same way, as soon as no later token can change it. Decoding a whole answer and streaming it are the same stages, so they agree.
/// </summary>
internal abstract class DecodeStage
{
    /// <summary>A piece of the current token.</summary>
    public abstract void Text(ReadOnlySpan<char> piece);

    /// <summary>The current token is complete.</summary>
    public abstract void EndToken();

    /// <summary>No token follows.</summary>
    public abstract void Finish();
}
