using Inference.Models.Checkpoints;
using Inference.Models.Gguf;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Prompts.Templates;

namespace Inference.Models.Prompts;

/// <summary>Decides which chat format a model folder uses.</summary>
public static class ChatFormatResolver
{
    /// <summary>
    /// The first that says something: <c>chat</c> in glassbox.json (the name of a format, or a pattern), the folder's chat template matched
    /// to a built-in format (that of a decoder's GGUF file with its image side: also one for text, images before it), the family
    /// (<see cref="ChatFormats.OfFamily"/>).
    /// </summary>
    /// <remarks>
    /// A pattern shows a single question. Where it is the single question of the format that the folder's template is matched to, that
    /// format is used, which also knows several turns.
    /// </remarks>
    /// <param name="folder">The model folder.</param>
    /// <param name="profile">Its profile.</param>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="PromptException">The template is not known, or nothing says how to write a conversation.</exception>
    public static ChatFormat Resolve(string folder, ModelProfile profile, ModelConfig config)
    {
        (string Template, string File)? found = ChatTemplateFile.Find(folder);
        ChatFormat? matched = found is null ? null : ChatTemplateMatcher.Match(found.Value.Template);
        if (profile.Chat is { } chat) return OfProfile(chat, matched);
        if (matched is not null) return matched;
        if (found is not null && TextTemplateMatcher.Match(found.Value.Template) is { } text)
        {
            if (config.Family == ModelFamily.TextOnly) return text;
            if (GgufFile.IsNamed(folder)) return WithImages(text);
        }
        if (found is not null) throw Unknown(found.Value.File, "a chat template that is none of the known ones");
        if (GgufFile.IsNamed(folder) && IsNoVicuna(config)) throw Unknown(Path.GetFileName(folder), "no chat template");
        return ChatFormats.OfFamily(config)
            ?? throw Unknown("chat_template.jinja", $"no chat template for model_type '{config.ModelType}'");
    }

    private static ChatFormat OfProfile(string chat, ChatFormat? matched)
    {
        if (ChatFormats.All.FirstOrDefault(format => format.Name == chat) is { } named) return named;
        ChatFormat pattern = ChatPattern.Parse(chat, $"{ModelProfile.FileName}: chat");
        return matched is not null && ChatPattern.Of(matched) == chat ? matched : pattern;
    }

    // The template of a decoder's GGUF file knows of no image: it goes before the question, a newline behind it, as LLaVA is trained.
    private static ChatFormat WithImages(ChatFormat text) => text with { TakesImages = true, User = text.User with { AfterImage = "\n" } };

    // A GGUF file calls Mistral, Yi and Llama 3 llama too. They share keys among heads, which Vicuna does not, and LLaVA-NeXT asks each in
    // its own format.
    private static bool IsNoVicuna(ModelConfig config) =>
        config is { Family: ModelFamily.LlavaNext, Text: { ModelType: TextModelType.Llama } text } && text.KvHeads < text.Heads;

    private static PromptException Unknown(string file, string found)
    {
        string names = string.Join(", ", ChatFormats.All.Select(format => format.Name));
        return new PromptException(
            PromptError.UnknownChatTemplate, file, found,
            $"a known template, or the key \"chat\" in {ModelProfile.FileName} in the model folder: one of {names}, "
            + "or a pattern such as \"USER: <image>\\n{prompt} ASSISTANT:\"");
    }
}
