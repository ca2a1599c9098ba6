using System.Text.RegularExpressions;

namespace Inference.Models.Prompts.Templates;

/// <summary>Recognises the chat templates of the served families by what they emit (<see cref="TemplatePieces"/>).</summary>
public static partial class ChatTemplateMatcher
{
    /// <summary>Longest template that is looked at, in UTF-16 units.</summary>
    public const int MaxLength = 1 << 16;

    /// <summary>The chat format a template writes; null when it is none of the known ones.</summary>
    public static ChatFormat? Match(string template)
    {
        if (template.Length > MaxLength) return null;
        string pieces = TemplatePieces.Read(template);
        // Templates without selectattr walk the parts in their own order.
        bool imagesFirst = template.Contains("selectattr", StringComparison.Ordinal);
        ChatFormat? format = pieces switch
        {
            "{ROLE}: ␞<image>\n␞{text} ␞ASSISTANT:" => ChatFormats.Vicuna,
            "<|start_header_id|>{role}<|end_header_id|>\n\n␞<image>␞\n{text}<|eot_id|>␞<|start_header_id|>assistant<|end_header_id|>\n\n"
                => ChatFormats.Llama3,
            "<|im_start|>␞{Role}␞:␞: ␞{text}␞<image>␞<end_of_utterance>\n␞Assistant:" => ChatFormats.SmolVlm,
            _ => MatchVicunaV1(pieces) ?? MatchMistral(pieces) ?? MatchChatMl(pieces),
        };
        return format is null ? null : format with { ImagesFirst = imagesFirst };
    }

    private static ChatFormat? MatchVicunaV1(string pieces)
    {
        Match match = VicunaV1().Match(pieces);
        if (!match.Success) return null;
        ChatFormat format = ChatFormats.VicunaV1;
        return format with { User = format.User with { AfterImage = match.Groups["image"].Value } };
    }

    private static ChatFormat? MatchMistral(string pieces)
    {
        Match match = Mistral().Match(pieces);
        if (!match.Success) return null;
        ChatFormat format = ChatFormats.Mistral;
        return format with { Assistant = format.Assistant! with { Close = match.Groups["end"].Value } };
    }

    private static ChatFormat? MatchChatMl(string pieces)
    {
        Match match = ChatMl().Match(pieces);
        if (!match.Success) return null;
        ChatFormat format = ChatFormats.ChatMlVariant(
            "chatml", match.Groups["separator"].Value, match.Groups["image"].Value, match.Groups["before"].Value,
            match.Groups["end"].Value);
        string name = ChatFormats.All.FirstOrDefault(known => known with { Name = "chatml" } == format)?.Name ?? "chatml";
        return format with { Name = name, DefaultSystem = match.Groups["system"].Value };
    }

    [GeneratedRegex(@"^USER: ␞<image>(?<image>\n?)␞\{text\}␞ ASSISTANT: ␞\{text\}␞</s>␞ ASSISTANT:$")]
    private static partial Regex VicunaV1();

    // The template was first published with the end token misspelt; models are asked as their folder says.
    [GeneratedRegex(@"^<<SYS>>\n\{text\}\n<</SYS>>\n\n␞\[INST\] ␞<image>\n␞\{text\}␞ \[/INST\]␞ \{text\}(?<end></s> ?|<\\s> )$")]
    private static partial Regex Mistral();

    [GeneratedRegex(
        @"^(?:(?<system><\|im_start\|>system\n[^<␞{]*<\|im_end\|>\n?)␞)?<\|im_start\|>\{role\}(?<separator>[\n ])␞<image>(?<image>\n?)␞"
        + @"(?<before>\n?)\{text\}␞<\|im_end\|>(?<end>\n?)␞<\|im_start\|>assistant\n$")]
    private static partial Regex ChatMl();
}
