using System.Collections.Frozen;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>The words of drawn scenes (weights/demo/recipe/scenes.py).</summary>
public static class SceneWords
{
    /// <summary>The noun that stands for every shape.</summary>
    public const string AnyShape = "object";

    /// <summary>Nouns.</summary>
    public static IReadOnlyList<string> Shapes { get; } = ["circle", "square", "triangle", "star", "cross", "ring", "diamond", "heart"];

    /// <summary>Colours.</summary>
    public static IReadOnlyList<string> Colors { get; } = ["red", "green", "blue", "yellow", "purple", "orange", "black", "pink"];

    /// <summary>Sizes.</summary>
    public static IReadOnlyList<string> Sizes { get; } = ["small", "large"];

    private static readonly FrozenDictionary<string, (SceneWordKind Kind, string Value)> Known = List().ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Directions = new Dictionary<string, string>
    {
        ["left"] = "left of",
        ["right"] = "right of",
        ["above"] = "above",
        ["below"] = "below",
    }.ToFrozenDictionary();

    /// <summary>What a lower-case word says of an object, in the singular.</summary>
    internal static bool TryFind(string word, out SceneWordKind kind, out string value)
    {
        var isKnown = Known.TryGetValue(word, out var found);
        (kind, value) = isKnown ? found : default;
        return isKnown;
    }

    /// <summary>The relation that a lower-case word begins.</summary>
    internal static string? Relation(string word) => Directions.GetValueOrDefault(word);

    private static Dictionary<string, (SceneWordKind Kind, string Value)> List()
    {
        Dictionary<string, (SceneWordKind, string)> words = [];
        foreach (var shape in Shapes.Append(AnyShape))
        {
            words[shape] = (SceneWordKind.Shape, shape);
            words[shape + (shape == "cross" ? "es" : "s")] = (SceneWordKind.Shape, shape);
        }

        foreach (var color in Colors)
        {
            words[color] = (SceneWordKind.Color, color);
        }

        foreach (var size in Sizes)
        {
            words[size] = (SceneWordKind.Size, size);
        }

        foreach (var side in (string[])["leftmost", "rightmost", "topmost", "bottommost"])
        {
            words[side] = (SceneWordKind.Extreme, side);
        }

        words["striped"] = (SceneWordKind.Pattern, "striped");
        return words;
    }
}
