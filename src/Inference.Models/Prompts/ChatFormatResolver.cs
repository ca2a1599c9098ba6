using Inference.Models.Checkpoints;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Prompts.Templates;

namespace Inference.Models.Prompts;

/// <summary>Decides which chat format a model folder uses.</summary>
public static class ChatFormatResolver
{
    /// <summary>
    /// The first that says something: <c>chat</c> in glassbox.json (the name of a format, or a pattern), the folder's chat template matched
    /// to a built-in format, the family (<see cref="ChatFormats.OfFamily"/>).
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
        if (found is not null && config.Family == ModelFamily.TextOnly && TextTemplateMatcher.Match(found.Value.Template) is { } text) return text;
        if (found is not null) throw Unknown(found.Value.File, "a chat template that is none of the known ones");
        return ChatFormats.OfFamily(config) ?? throw Unknown("chat_template.jinja", $"no chat template for model_type '{config.ModelType}'");
    }

    private static ChatFormat OfProfile(string chat, ChatFormat? matched)
    {
        if (ChatFormats.All.FirstOrDefault(format => format.Name == chat) is { } named) return named;
        ChatFormat pattern = ChatPattern.Parse(chat, $"{ModelProfile.FileName}: chat");
        return matched is not null && ChatPattern.Of(matched) == chat ? matched : pattern;
    }

    private static PromptException Unknown(string file, string found)
    {
        string names = string.Join(", ", ChatFormats.All.Select(format => format.Name));
        return new PromptException(
            PromptError.UnknownChatTemplate, file, found,
            $"a known template, or the key \"chat\" in {ModelProfile.FileName} in the model folder: one of {names}, "
            + "or a pattern such as \"USER: <image>\\n{prompt} ASSISTANT:\"");
    }
}
