namespace Inference.Models.Prompts;

/// <summary>What prompts need of a tokenizer.</summary>
public interface IPromptTokenizer
{
    /// <summary>Id of the token that marks the beginning of a text; null when the tokenizer adds none.</summary>
    int? BosTokenId { get; }

    /// <summary>
    /// Ids of the segments as one text with the special tokens the post-processor adds. Special tokens are recognised in segments that are
    /// not <see cref="SegmentKind.Text"/>; an image segment gives the image token once.
    /// </summary>
    IReadOnlyList<int> Encode(IReadOnlyList<ChatSegment> segments);
}
