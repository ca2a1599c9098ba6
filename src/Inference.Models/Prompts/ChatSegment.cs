namespace Inference.Models.Prompts;

/// <summary>Where the text of a segment comes from.</summary>
public enum SegmentKind
{
    /// <summary>The chat format: special tokens in it are special tokens.</summary>
    Template,

    /// <summary>A client: special tokens in it are plain text.</summary>
    Text,

    /// <summary>The place of an image, written as the image token.</summary>
    Image,
}

/// <summary>A stretch of a rendered prompt.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Text">Its text; empty for an image.</param>
/// <param name="ImageIndex">0-based index of the image; -1 for text.</param>
public readonly record struct ChatSegment(SegmentKind Kind, string Text, int ImageIndex = -1);
