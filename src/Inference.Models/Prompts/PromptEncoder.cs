namespace Inference.Models.Prompts;

/// <summary>Turns prompts into token ids with their images in place.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="imageTokenId">The id that stands for an image (image_token_index of the config).</param>
public sealed class PromptEncoder(IPromptTokenizer tokenizer, int imageTokenId)
{
    /// <summary>Encodes a conversation in a chat format.</summary>
    /// <param name="format">The model's chat format.</param>
    /// <param name="messages">The turns, oldest first.</param>
    /// <param name="imageRows">Feature rows of each image, in the order of the image parts.</param>
    /// <exception cref="PromptException">The messages do not fit the format, or the numbers of images differ.</exception>
    public EncodedPrompt Encode(ChatFormat format, IReadOnlyList<Message> messages, IReadOnlyList<int> imageRows) =>
        Expand(tokenizer.Encode(ChatRenderer.Render(format, messages, imageRows.Count)), imageRows, "messages");

    /// <summary>Encodes a text as it is: special tokens in it are recognised, each image token takes the next image.</summary>
    /// <param name="prompt">The whole prompt with the image token where images go.</param>
    /// <param name="imageRows">Feature rows of each image, in order.</param>
    /// <exception cref="PromptException">The numbers of image tokens and images differ.</exception>
    public EncodedPrompt EncodeRaw(string prompt, IReadOnlyList<int> imageRows) =>
        Expand(tokenizer.Encode([new ChatSegment(SegmentKind.Template, prompt)]), imageRows, "prompt");

    private EncodedPrompt Expand(IReadOnlyList<int> ids, IReadOnlyList<int> imageRows, string field)
    {
        int places = ids.Count(id => id == imageTokenId);
        if (places != imageRows.Count)
        {
            throw new PromptException(
                PromptError.ImageCount, field, $"{places} image places for {imageRows.Count} images", "one place for each image");
        }
        // A text that begins with the token the post-processor adds would have it twice.
        int first = ids.Count > 1 && ids[0] == tokenizer.BosTokenId && ids[1] == ids[0] ? 1 : 0;
        int[] expanded = new int[checked(ids.Count - first - places + imageRows.Sum())];
        ImageSpan[] spans = new ImageSpan[places];
        int at = 0, image = 0;
        for (int i = first; i < ids.Count; i++)
        {
            int count = ids[i] == imageTokenId ? imageRows[image] : 1;
            if (ids[i] == imageTokenId) spans[image] = new ImageSpan(at, count, image++);
            expanded.AsSpan(at, count).Fill(ids[i]);
            at += count;
        }
        return new EncodedPrompt(expanded, spans);
    }
}
