namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>What a mention is worth.</summary>
/// <param name="Mention">The mention.</param>
/// <param name="Object">Index of the object it is taken to mean; null where every object that it could mean is taken by others.</param>
/// <param name="IsRight">Whether it is that object's whole name.</param>
/// <param name="IsThere">
/// Whether some object has what the mention says of colour and shape. A mention that is not there is a hallucination.
/// </param>
public readonly record struct MatchedMention(SceneMention Mention, int? Object, bool IsRight, bool IsThere);

/// <summary>
/// Gives every mention of a caption an object of its own, so that naming one object twice is right once only. Whole names choose first,
/// then colour and shape, then shape, then colour; within a round in reading order.
/// </summary>
public static class SceneMatching
{
    /// <summary>The mentions in their order with what they are worth.</summary>
    public static IReadOnlyList<MatchedMention> Match(IReadOnlyList<SceneMention> mentions, IReadOnlyList<SceneObject> objects)
    {
        ReadOnlySpan<Func<SceneMention, SceneObject, bool>> rounds =
        [
            (mention, seen) => mention.Names(seen),
            (mention, seen) => mention.Fits(seen),
            IsAlike,
            (mention, seen) => mention.Shape == seen.Shape,
            (mention, seen) => mention.Color == seen.Color,
        ];
        var chosen = new int?[mentions.Count];
        var isTaken = new bool[objects.Count];
        foreach (var fits in rounds)
        {
            for (var i = 0; i < mentions.Count; i++)
            {
                for (var o = 0; chosen[i] is null && o < objects.Count; o++)
                {
                    if (!isTaken[o] && fits(mentions[i], objects[o]))
                    {
                        (chosen[i], isTaken[o]) = (o, true);
                    }
                }
            }
        }

        return [.. mentions.Select((mention, i) => new MatchedMention(
            mention,
            chosen[i],
            chosen[i] is { } o && mention.Names(objects[o]),
            objects.Any(seen => IsAlike(mention, seen))))];
    }

    private static bool IsAlike(SceneMention mention, SceneObject seen) =>
        (mention.Shape ?? seen.Shape) == seen.Shape && (mention.Color ?? seen.Color) == seen.Color;
}
