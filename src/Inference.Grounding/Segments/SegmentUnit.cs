namespace Inference.Grounding.Segments;

/// <summary>Pieces that an answer is judged in.</summary>
public enum SegmentUnit
{
    /// <summary>Up to a full stop, question or exclamation mark, or the end of a line.</summary>
    Sentence,

    /// <summary>Also up to a comma, a semicolon, a colon, or the word "and" that joins things: about one mention each.</summary>
    Clause,
}
