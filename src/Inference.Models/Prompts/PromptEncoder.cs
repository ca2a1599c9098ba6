using Inference.Models.Tokenization;

namespace Inference.Models.Prompts;

/// <summary>Turns prompts into token ids with their images in place. Safe for concurrent use.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="imageTokenId">
/// The id that stands for an image (image_token_index of the config). Where the vocabulary has none such, as with decoders in GGUF files,
/// "&lt;image&gt;" gets it here; negative for text models.
/// </param>
public sealed class PromptEncoder(Tokenizer tokenizer, int imageTokenId)
{
    private const string DefaultToken = "<image>";

    private readonly Tokenizer _tokenizer =
        imageTokenId < 0 || tokenizer.TokenOf(imageTokenId) is not null ? tokenizer : tokenizer.WithSpecial(DefaultToken, imageTokenId);

    private readonly string _imageToken = tokenizer.TokenOf(imageTokenId) ?? DefaultToken;

    // Some files do not call the image token special; a client's text must not produce it all the same.
    private readonly HashSet<int> _controlTokens = [imageTokenId];

    /// <summary>Encodes a conversation in a chat format.</summary>
    /// <param name="format">The model's chat format.</param>
    /// <param name="messages">The turns, oldest first.</param>
    /// <param name="imageRows">Feature rows of each image, in the order of the image parts.</param>
    /// <exception cref="PromptException">The messages do not fit the format, or the numbers of images differ.</exception>
    public EncodedPrompt Encode(ChatFormat format, IReadOnlyList<Message> messages, IReadOnlyList<int> imageRows)
    {
        PromptSegment[] segments = [.. ChatRenderer.Render(format, messages, imageRows.Count).Select(ToPromptSegment)];
        return Expand(_tokenizer.Encode(segments, addSpecialTokens: true, _controlTokens), imageRows, "messages");
    }

    /// <summary>Encodes a text as it is: special tokens in it are recognised, each image token takes the next image.</summary>
    /// <param name="prompt">The whole prompt with the image token where images go.</param>
    /// <param name="imageRows">Feature rows of each image, in order.</param>
    /// <exception cref="PromptException">The numbers of image tokens and images differ.</exception>
    public EncodedPrompt EncodeRaw(string prompt, IReadOnlyList<int> imageRows) =>
        Expand(_tokenizer.Encode(prompt, addSpecialTokens: true), imageRows, "prompt");

    private PromptSegment ToPromptSegment(ChatSegment segment) => segment.Kind switch
    {
        SegmentKind.Image => PromptSegment.Template(_imageToken),
        SegmentKind.Text => PromptSegment.User(segment.Text),
        _ => PromptSegment.Template(segment.Text),
    };

    private EncodedPrompt Expand(ReadOnlySpan<int> ids, IReadOnlyList<int> imageRows, string field)
    {
        ids = ids[RepeatedPrefix(ids)..];
        int places = ids.Count(imageTokenId);
        if (places != imageRows.Count)
        {
            throw new PromptException(
                PromptError.ImageCount, field, $"{places} image places for {imageRows.Count} images", "one place for each image");
        }
        int[] expanded = new int[checked(ids.Length - places + imageRows.Sum())];
        ImageSpan[] spans = new ImageSpan[places];
        int at = 0, image = 0;
        foreach (int id in ids)
        {
            int count = id == imageTokenId ? imageRows[image] : 1;
            if (id == imageTokenId) spans[image] = new ImageSpan(at, count, image++);
            expanded.AsSpan(at, count).Fill(id);
            at += count;
        }
        return new EncodedPrompt(expanded, spans);
    }

    // A text that begins with the tokens the post-processor adds (a template that writes BOS itself) would have them twice.
    private int RepeatedPrefix(ReadOnlySpan<int> ids)
    {
        int[] prefix = [.. _tokenizer.PrefixIds];
        return prefix.Length > 0 && ids[prefix.Length..].StartsWith(prefix) ? prefix.Length : 0;
    }
}
