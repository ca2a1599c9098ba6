namespace Inference.Models.Tokenization.Bpe;

/// <summary>The switches of a BPE model, named as in the file.</summary>
/// <param name="UnknownToken">Stands for characters without a token; null drops them.</param>
/// <param name="FuseUnknown">Neighbouring unknown characters share one token.</param>
/// <param name="ByteFallback">Characters without a token become the tokens of their UTF-8 bytes.</param>
/// <param name="IgnoreMerges">A word that is a token stays whole, whatever the merges say.</param>
internal sealed record BpeOptions(string? UnknownToken, bool FuseUnknown, bool ByteFallback, bool IgnoreMerges);
