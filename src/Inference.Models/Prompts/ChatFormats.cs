using Inference.Models.Checkpoints;

namespace Inference.Models.Prompts;

/// <summary>The chat formats of the model families that are served.</summary>
public static class ChatFormats
{
    /// <summary>
    /// LLaVA-1.5, BakLLaVA and LLaVA-1.6 on Vicuna, as the template in their folders writes it: no end token after answers.
    /// </summary>
    public static ChatFormat Vicuna { get; } = new()
    {
        Name = "vicuna",
        System = new TurnFormat { Open = "", AfterText = " " },
        User = new TurnFormat { Open = "USER: ", AfterImage = "\n", AfterText = " " },
        Assistant = new TurnFormat { Open = "ASSISTANT: ", AfterText = " " },
        GenerationPrompt = "ASSISTANT:",
    };

    /// <summary>The conversation form Vicuna v1.1 was trained on, without a system text: an end token after answers.</summary>
    public static ChatFormat VicunaV1 { get; } = new()
    {
        Name = "vicuna-v1",
        User = new TurnFormat { Open = "USER: ", AfterImage = "\n" },
        Assistant = new TurnFormat { Open = " ASSISTANT: ", Close = "</s>" },
        ImagesFirst = false,
        GenerationPrompt = " ASSISTANT:",
    };

    /// <summary>LLaVA-1.6 on Mistral: <c>[INST]</c>.</summary>
    public static ChatFormat Mistral { get; } = new()
    {
        Name = "mistral",
        System = new TurnFormat { Open = "<<SYS>>\n", Close = "\n<</SYS>>\n\n" },
        User = new TurnFormat { Open = "[INST] ", AfterImage = "\n", Close = " [/INST]" },
        Assistant = new TurnFormat { Open = " ", Close = "</s> " },
    };

    /// <summary>LLaVA-NeXT on Llama 3: header tokens.</summary>
    public static ChatFormat Llama3 { get; } = new()
    {
        Name = "llama3",
        System = Llama3Turn("system"),
        User = Llama3Turn("user"),
        Assistant = Llama3Turn("assistant"),
        GenerationPrompt = "<|start_header_id|>assistant<|end_header_id|>\n\n",
    };

    /// <summary>ChatML with a newline after each turn (Qwen).</summary>
    public static ChatFormat ChatMl { get; } = ChatMlVariant("chatml", separator: "\n", afterImage: "\n", beforeText: "", end: "\n");

    /// <summary>ChatML without a newline between turns: LLaVA-1.6 34B on Nous Hermes 2 Yi.</summary>
    public static ChatFormat ChatMlYi { get; } = ChatMlVariant("chatml-yi", separator: "\n", afterImage: "\n", beforeText: "", end: "");

    /// <summary>
    /// ChatML as LLaVA-Interleave and LLaVA-OneVision on Qwen write it: a blank after the role, a newline before each text.
    /// </summary>
    public static ChatFormat ChatMlInterleave { get; } =
        ChatMlVariant("chatml-interleave", separator: " ", afterImage: "", beforeText: "\n", end: "");

    /// <summary>SmolVLM and Idefics 3.</summary>
    public static ChatFormat SmolVlm { get; } = new()
    {
        Name = "smolvlm",
        Prefix = "<|im_start|>",
        System = SmolVlmTurn("System:"),
        User = SmolVlmTurn("User:"),
        Assistant = SmolVlmTurn("Assistant:"),
        ImagesFirst = false,
        GenerationPrompt = "Assistant:",
    };

    /// <summary>Every format that has a name.</summary>
    public static IReadOnlyList<ChatFormat> All { get; } = [Vicuna, VicunaV1, Mistral, Llama3, ChatMl, ChatMlYi, ChatMlInterleave, SmolVlm];

    /// <summary>
    /// The format of a model folder that has neither a chat template nor a <c>chat</c> key; null when the family leaves it open.
    /// </summary>
    /// <param name="config">The model's configuration.</param>
    /// <remarks>
    /// llava: Vicuna, but ChatML (interleave) on Qwen2. llava_next: [INST] on Mistral, Vicuna on Llama, ChatML (interleave) on Qwen2.
    /// LLaVA-NeXT on Llama 3 and on Yi are llama too, but their folders bring their template.
    /// </remarks>
    public static ChatFormat? OfFamily(ModelConfig config) => (config.Family, config.Text.ModelType) switch
    {
        (ModelFamily.TextOnly, _) => null,
        (_, TextModelType.Qwen2) => ChatMlInterleave,
        (ModelFamily.LlavaNext, TextModelType.Mistral) => Mistral,
        _ => Vicuna,
    };

    internal static ChatFormat ChatMlVariant(string name, string separator, string afterImage, string beforeText, string end) => new()
    {
        Name = name,
        System = ChatMlTurn("system", separator, afterImage, beforeText, end),
        User = ChatMlTurn("user", separator, afterImage, beforeText, end),
        Assistant = ChatMlTurn("assistant", separator, afterImage, beforeText, end),
        GenerationPrompt = "<|im_start|>assistant\n",
    };

    private static TurnFormat ChatMlTurn(string role, string separator, string afterImage, string beforeText, string end) =>
        new() { Open = $"<|im_start|>{role}{separator}", AfterImage = afterImage, BeforeText = beforeText, Close = $"<|im_end|>{end}" };

    private static TurnFormat Llama3Turn(string role) =>
        new() { Open = $"<|start_header_id|>{role}<|end_header_id|>\n\n", BeforeText = "\n", AfterText = "<|eot_id|>" };

    private static TurnFormat SmolVlmTurn(string open) => new() { Open = open, OpenBeforeText = " ", Close = "<end_of_utterance>\n" };
}
