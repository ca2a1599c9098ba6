using Inference.Models.Regions;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>Finds by rule which objects a description fits: a listener that makes no mistakes.</summary>
public static class DescribedObjects
{
    /// <summary>
    /// Indices of the objects of which the whole text is true: its first mention, whose extreme counts among the objects that fit the rest
    /// of it, and the relations to later ones. Nothing where the text mentions no object.
    /// </summary>
    public static IReadOnlyList<int> Find(string text, IReadOnlyList<SceneObject> objects)
    {
        var mentions = SceneExtractor.Extract(text);
        if (mentions.Count == 0)
        {
            return [];
        }

        var fitting = Enumerable.Range(0, objects.Count).Where(o => mentions[0].Fits(objects[o])).ToList();
        if (mentions[0].Extreme is { } extreme && fitting.Count > 0)
        {
            fitting = [fitting.MinBy(o => Along(extreme, objects[o].Box))];
        }

        foreach (var mention in mentions.Skip(1))
        {
            fitting.RemoveAll(o => !objects.Where((seen, other) => other != o && mention.Fits(seen))
                .Any(seen => mention.Relation is not { } relation || Lies(objects[o].Box, relation, seen.Box)));
        }

        return fitting;
    }

    private static double Along(string extreme, Box box) => extreme switch
    {
        "leftmost" => CentreX(box),
        "rightmost" => -CentreX(box),
        "topmost" => CentreY(box),
        _ => -CentreY(box),
    };

    private static bool Lies(Box box, string relation, Box other) => relation switch
    {
        "left of" => CentreX(box) < CentreX(other),
        "right of" => CentreX(box) > CentreX(other),
        "above" => CentreY(box) < CentreY(other),
        _ => CentreY(box) > CentreY(other),
    };

    private static double CentreX(Box box) => (box.X1 + box.X2) / 2;

    private static double CentreY(Box box) => (box.Y1 + box.Y2) / 2;
}
