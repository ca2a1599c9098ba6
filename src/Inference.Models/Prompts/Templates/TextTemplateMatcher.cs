using System.Text.RegularExpressions;

namespace Inference.Models.Prompts.Templates;

/// <summary>
/// Recognises the chat templates of text models by the marks they write around turns. Such templates are programs that differ from release
/// to release in what they do with tools and dates; what is taken from them is the form of plain turns and a default system text.
/// </summary>
internal static partial class TextTemplateMatcher
{
    /// <summary>Zephyr and TinyLlama.</summary>
    private static readonly ChatFormat Zephyr = new()
    {
        Name = "zephyr",
        System = new TurnFormat { Open = "<|system|>\n", Close = "</s>\n" },
        User = new TurnFormat { Open = "<|user|>\n", Close = "</s>\n" },
        Assistant = new TurnFormat { Open = "<|assistant|>\n", Close = "</s>\n" },
        TakesImages = false,
        GenerationPrompt = "<|assistant|>\n",
    };

    /// <summary>Llama 3: as with images, without the newline before a text.</summary>
    private static readonly ChatFormat Llama3 = ChatFormats.Llama3 with
    {
        Name = "llama3-text",
        System = ChatFormats.Llama3.System! with { BeforeText = "" },
        User = ChatFormats.Llama3.User with { BeforeText = "" },
        Assistant = ChatFormats.Llama3.Assistant! with { BeforeText = "" },
        TakesImages = false,
    };

    /// <summary>The format of a template, or null.</summary>
    public static ChatFormat? Match(string template)
    {
        return Has("<|im_start|>") ? ChatFormats.ChatMl with { TakesImages = false, DefaultSystem = DefaultSystem(template) }
            : Has("<|start_header_id|>") && !Has("Cutting Knowledge Date") ? Llama3
            : Has("<|user|>") && Has("<|assistant|>") && Has("eos_token") ? Zephyr
            : Has("[INST]") && !Has("<<SYS>>") && !Has("[AVAILABLE_TOOLS]") ? ChatFormats.Mistral with
            {
                TakesImages = false,
                System = null,
            }
            : null;

        bool Has(string mark) => template.Contains(mark, StringComparison.Ordinal);
    }

    private static string DefaultSystem(string template) =>
        DefaultSystemText().Match(template) is { Success: true } match
            ? $"<|im_start|>system\n{match.Groups["text"].Value}<|im_end|>\n"
            : "";

    [GeneratedRegex(@"<\|im_start\|>system\\n(?<text>[^<{}'""\\]+)<\|im_end\|>")]
    private static partial Regex DefaultSystemText();
}
