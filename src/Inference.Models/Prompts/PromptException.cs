namespace Inference.Models.Prompts;

/// <summary>What kind of input was refused.</summary>
public enum PromptError
{
    /// <summary>The messages do not form a conversation this chat format can write.</summary>
    InvalidMessages,

    /// <summary>The number of image places and the number of images differ.</summary>
    ImageCount,

    /// <summary>Prompt and answer do not fit the model's context.</summary>
    ContextLength,

    /// <summary>A region is not a box inside the image.</summary>
    InvalidRegion,

    /// <summary>The model folder's chat template is none of the known ones.</summary>
    UnknownChatTemplate,

    /// <summary>A file of the model folder that says how to ask the model cannot be used.</summary>
    InvalidProfile,
}

/// <summary>A prompt, region or prompt profile that cannot be used; says which field or file, what was found and what is allowed.</summary>
public sealed class PromptException : Exception
{
    /// <summary>Describes the refusal.</summary>
    public PromptException(PromptError error, string field, string found, string allowed)
        : base($"{field}: found {found}; allowed: {allowed}")
    {
        (Error, Field, Found, Allowed) = (error, field, found, allowed);
    }

    /// <summary>The kind, for mapping to a status code.</summary>
    public PromptError Error { get; }

    /// <summary>Path of the request field (<c>messages[1].parts[0]</c>) or name of the file and key.</summary>
    public string Field { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What would be accepted.</summary>
    public string Allowed { get; }
}
