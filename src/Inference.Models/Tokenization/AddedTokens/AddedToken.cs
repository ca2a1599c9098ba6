namespace Inference.Models.Tokenization.AddedTokens;

/// <summary>A token that is looked for in the text before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Pattern">What is looked for: the content, normalised where <paramref name="Normalized"/>.</param>
/// <param name="IsSpecial">Dropped by decoding on request, and never read from a user's text.</param>
/// <param name="Normalized">Looked for after normalisation.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="StripLeft">Takes the white space before it along.</param>
/// <param name="StripRight">Takes the white space behind it along.</param>
internal sealed record AddedToken(
    int Id, string Content, string Pattern, bool IsSpecial, bool Normalized, bool SingleWord, bool StripLeft, bool StripRight);
