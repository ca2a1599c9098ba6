namespace Inference.Models.Prompts;

/// <summary>A chat format given by example: one question with <c>&lt;image&gt;</c> and <c>{prompt}</c> in their places.</summary>
public static class ChatPattern
{
    private const string Image = "<image>", Prompt = "{prompt}";

    /// <summary>The format of a pattern: it knows single questions only, since it does not say how an answer ends.</summary>
    /// <param name="pattern">For example <c>USER: &lt;image&gt;\n{prompt} ASSISTANT:</c>.</param>
    /// <param name="field">Where it was found, for errors.</param>
    /// <exception cref="PromptException">The places are missing, repeated or in the wrong order.</exception>
    public static ChatFormat Parse(string pattern, string field)
    {
        int image = pattern.IndexOf(Image, StringComparison.Ordinal), prompt = pattern.IndexOf(Prompt, StringComparison.Ordinal);
        bool once = pattern.LastIndexOf(Image, StringComparison.Ordinal) == image
            && pattern.LastIndexOf(Prompt, StringComparison.Ordinal) == prompt;
        if (prompt < 0 || image > prompt || !once)
        {
            throw new PromptException(
                PromptError.InvalidProfile, field, $"'{pattern}'",
                "{prompt} once and at most one <image> before it, or the name of a chat format");
        }
        return new ChatFormat
        {
            Name = "pattern",
            User = new TurnFormat
            {
                Open = pattern[..(image < 0 ? prompt : image)],
                AfterImage = image < 0 ? "" : pattern[(image + Image.Length)..prompt],
            },
            TakesImages = image >= 0,
            GenerationPrompt = pattern[(prompt + Prompt.Length)..],
        };
    }

    /// <summary>A format's single question with one image as a pattern.</summary>
    public static string Of(ChatFormat format) => ChatRenderer.Join(ChatRenderer.Render(format, [Message.UserWithImage(Prompt)], 1), Image);
}
