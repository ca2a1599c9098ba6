namespace Inference.Models.Tokenization.Bpe;

/// <summary>The text needs the unknown token, and the vocabulary does not have it.</summary>
internal sealed class UnknownTokenMissingException() : Exception("the unknown token is not in the vocabulary");
