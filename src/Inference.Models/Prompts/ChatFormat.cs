namespace Inference.Models.Prompts;

/// <summary>How a chat format writes the turns of one role: opening, parts, closing.</summary>
public sealed record TurnFormat
{
    /// <summary>Before the first part.</summary>
    public required string Open { get; init; }

    /// <summary>Between the opening and the first part when that part is text.</summary>
    public string OpenBeforeText { get; init; } = "";

    /// <summary>After each image token.</summary>
    public string AfterImage { get; init; } = "";

    /// <summary>Before each text part.</summary>
    public string BeforeText { get; init; } = "";

    /// <summary>After each text part.</summary>
    public string AfterText { get; init; } = "";

    /// <summary>After the last part.</summary>
    public string Close { get; init; } = "";
}

/// <summary>
/// The text around the turns of a conversation that a model was trained on. Data only; <see cref="ChatRenderer"/> applies it.
/// </summary>
public sealed record ChatFormat
{
    /// <summary>Name, as <c>chat</c> in glassbox.json may give it.</summary>
    public required string Name { get; init; }

    /// <summary>Before the first message.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Before the first message when it is not a system message.</summary>
    public string DefaultSystem { get; init; } = "";

    /// <summary>System turns; null when the format has none.</summary>
    public TurnFormat? System { get; init; }

    /// <summary>User turns.</summary>
    public required TurnFormat User { get; init; }

    /// <summary>Assistant turns; null when the format knows a single question only.</summary>
    public TurnFormat? Assistant { get; init; }

    /// <summary>All images of a turn come before its text, whatever the order of the parts.</summary>
    public bool ImagesFirst { get; init; } = true;

    /// <summary>Whether the format says where images go.</summary>
    public bool TakesImages { get; init; } = true;

    /// <summary>After the last user turn: asks for the answer.</summary>
    public string GenerationPrompt { get; init; } = "";

    /// <summary>How turns of a role are written; null when the format has no such role.</summary>
    public TurnFormat? Of(ChatRole role) => role switch
    {
        ChatRole.System => System,
        ChatRole.User => User,
        ChatRole.Assistant => Assistant,
        _ => null,
    };
}
