namespace Inference.Models.Prompts;

/// <summary>Who speaks.</summary>
public enum ChatRole
{
    /// <summary>Instructions for the whole conversation; only as the first message.</summary>
    System,

    /// <summary>The person asking; the only role with images.</summary>
    User,

    /// <summary>The model. As the last message it is the beginning of the answer, which the model continues.</summary>
    Assistant,
}

/// <summary>A part of a message: <see cref="TextPart"/> or <see cref="ImagePart"/>.</summary>
public abstract record Part;

/// <summary>Text as the client wrote it; special tokens inside it stay text.</summary>
public sealed record TextPart(string Text) : Part;

/// <summary>The place of an image: the n-th such part of the conversation shows the n-th image of the request.</summary>
public sealed record ImagePart : Part;

/// <summary>One turn of a conversation.</summary>
public sealed record Message(ChatRole Role, IReadOnlyList<Part> Parts)
{
    /// <summary>A user turn with one image in front of its text.</summary>
    public static Message UserWithImage(string text) => new(ChatRole.User, [new ImagePart(), new TextPart(text)]);
}
