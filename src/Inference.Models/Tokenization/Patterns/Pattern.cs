namespace Inference.Models.Tokenization.Patterns;

/// <summary>Finds what a Split or Replace looks for. Works on whole code points; the text has no lone surrogates.</summary>
internal abstract class Pattern
{
    /// <summary>
    /// Appends every match in [start, end) of the text, in order, none overlapping. Nothing outside that range is looked at.
    /// </summary>
    public abstract void Find(string text, int start, int end, List<(int Start, int End)> matches);
}
