namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>What a word of a mention says.</summary>
public enum SceneWordKind
{
    /// <summary>"small", "large".</summary>
    Size,

    /// <summary>"red".</summary>
    Color,

    /// <summary>"striped".</summary>
    Pattern,

    /// <summary>"leftmost": the outermost of those that fit the rest.</summary>
    Extreme,

    /// <summary>"ring", or "object" for any shape.</summary>
    Shape,
}

/// <summary>A word of a mention.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Value">The word in lower case and singular.</param>
/// <param name="Start">First character in the text.</param>
/// <param name="Length">Characters.</param>
public readonly record struct SceneWord(SceneWordKind Kind, string Value, int Start, int Length);

/// <summary>A noun phrase that names an object: "small green ring". What it does not say is null or false.</summary>
/// <param name="Words">Attributes in reading order and the noun at last.</param>
/// <param name="Relation">
/// Where the object that the text describes lies, seen from this one ("left of", "right of", "above", "below"), as words in front of the
/// mention say; null for the described object itself.
/// </param>
public sealed record SceneMention(IReadOnlyList<SceneWord> Words, string? Relation)
{
    /// <summary>The shape; null for "object".</summary>
    public string? Shape { get; } = Find(Words, SceneWordKind.Shape) is { } noun && noun != SceneWords.AnyShape ? noun : null;

    /// <summary>The colour.</summary>
    public string? Color { get; } = Find(Words, SceneWordKind.Color);

    /// <summary>"small" or "large".</summary>
    public string? Size { get; } = Find(Words, SceneWordKind.Size);

    /// <summary>"leftmost", "rightmost", "topmost" or "bottommost".</summary>
    public string? Extreme { get; } = Find(Words, SceneWordKind.Extreme);

    /// <summary>Whether it says "striped".</summary>
    public bool Striped { get; } = Find(Words, SceneWordKind.Pattern) is not null;

    /// <summary>First character, without an article.</summary>
    public int Start => Words[0].Start;

    /// <summary>Characters up to the end of the noun.</summary>
    public int Length => Words[^1].Start + Words[^1].Length - Start;

    /// <summary>
    /// Whether everything that the mention says of the object itself is true of it; extremes need the other objects and are not looked at.
    /// </summary>
    public bool Fits(SceneObject seen) =>
        (Shape ?? seen.Shape) == seen.Shape && (Color ?? seen.Color) == seen.Color && (Size ?? seen.Size) == seen.Size
            && (!Striped || seen.Striped);

    /// <summary>Whether the mention is the object's whole name: no attribute wrong, missing or added.</summary>
    public bool Names(SceneObject seen) =>
        Shape == seen.Shape && Color == seen.Color && Size == seen.Size && Striped == seen.Striped && Extreme is null;

    private static string? Find(IReadOnlyList<SceneWord> words, SceneWordKind kind)
    {
        foreach (var word in words)
        {
            if (word.Kind == kind)
            {
                return word.Value;
            }
        }

        return null;
    }
}
