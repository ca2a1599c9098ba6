namespace Inference.Models.Prompts;

/// <summary>A run of image tokens: row k of the image's features stands at position Start + k.</summary>
/// <param name="Start">Position of its first token in the prompt.</param>
/// <param name="Count">Number of tokens, one per feature row.</param>
/// <param name="ImageIndex">0-based index of the image among those of the request.</param>
public readonly record struct ImageSpan(int Start, int Count, int ImageIndex);

/// <summary>A prompt as the decoder takes it.</summary>
/// <param name="InputIds">Token ids; the image token repeated to the number of rows of each image.</param>
/// <param name="Images">Where the images stand, in order; they do not overlap.</param>
public sealed record EncodedPrompt(int[] InputIds, IReadOnlyList<ImageSpan> Images)
{
    /// <summary>Number of positions the images take.</summary>
    public int ImageTokens => Images.Sum(image => image.Count);

    /// <summary>Number of tokens that are not an image's.</summary>
    public int TextTokens => InputIds.Length - ImageTokens;

    /// <summary>The text alone.</summary>
    public EncodedPrompt WithoutImages() =>
        new([.. InputIds.Where((_, i) => !Images.Any(image => i >= image.Start && i < image.Start + image.Count))], []);

    /// <summary>Checks that prompt and answer fit the model.</summary>
    /// <param name="maxTokens">Tokens to be generated.</param>
    /// <param name="maxPositions">Positions of the model (max_position_embeddings).</param>
    /// <exception cref="PromptException">They do not.</exception>
    public void CheckContext(int maxTokens, int maxPositions)
    {
        if ((long)InputIds.Length + maxTokens <= maxPositions) return;
        throw new PromptException(
            PromptError.ContextLength, "prompt",
            $"{InputIds.Length} prompt tokens, {ImageTokens} of them of images, and {maxTokens} tokens to generate",
            $"{maxPositions} positions in all");
    }
}
