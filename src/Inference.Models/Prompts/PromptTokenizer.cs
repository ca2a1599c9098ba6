using Inference.Models.Tokenization;

namespace Inference.Models.Prompts;

/// <summary>Encodes rendered conversations with a model's tokenizer.</summary>
public sealed class PromptTokenizer : IPromptTokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly string _imageToken;
    private readonly HashSet<int> _controlTokens;

    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="imageTokenId">The token that stands for an image; -1 for a text model.</param>
    /// <exception cref="PromptException">The tokenizer has no such token.</exception>
    public PromptTokenizer(Tokenizer tokenizer, int imageTokenId)
    {
        _tokenizer = tokenizer;
        _controlTokens = imageTokenId < 0 ? [] : [imageTokenId];
        _imageToken = imageTokenId < 0 ? "" : tokenizer.TokenOf(imageTokenId) ?? throw new PromptException(
            PromptError.InvalidProfile, "config.json: image_token_index", $"{imageTokenId}, which is no token of tokenizer.json", "the id of the image token");
    }

    /// <inheritdoc/>
    public int? BosTokenId => _tokenizer.PrefixIds.Count > 0 ? _tokenizer.PrefixIds[0] : null;

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(IReadOnlyList<ChatSegment> segments) => _tokenizer.Encode(
        [.. segments.Select(segment => segment.Kind switch
        {
            SegmentKind.Text => PromptSegment.User(segment.Text),
            SegmentKind.Image => PromptSegment.Template(_imageToken),
            _ => PromptSegment.Template(segment.Text),
        })],
        addSpecialTokens: true,
        _controlTokens);
}
