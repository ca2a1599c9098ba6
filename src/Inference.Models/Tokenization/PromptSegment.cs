namespace Inference.Models.Tokenization;

/// <summary>A part of a prompt. All parts are normalised and cut into words as one string.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsUserText">
/// The text is not the template's own: special tokens that occur in it, or that it completes, stay text.
/// </param>
public readonly record struct PromptSegment(string Text, bool IsUserText)
{
    /// <summary>What the template says itself; special tokens in it are recognised.</summary>
    public static PromptSegment Template(string text) => new(text, IsUserText: false);

    /// <summary>What somebody else wrote; special tokens in it stay text.</summary>
    public static PromptSegment User(string text) => new(text, IsUserText: true);
}
