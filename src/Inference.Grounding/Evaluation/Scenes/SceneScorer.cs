using Inference.Models.Regions;

namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>Judges answers about a scene by what is drawn in it.</summary>
public static class SceneScorer
{
    /// <summary>From this intersection over union on, a box counts as found.</summary>
    public const double Found = 0.5;

    // Size, colour and stripes; the shape is what tells which object is meant.
    private const int JudgedAttributes = 3;

    /// <summary>Judges a caption.</summary>
    public static void AddCaption(SceneTally tally, Scene scene, string caption)
    {
        var matches = SceneMatching.Match(SceneExtractor.Extract(caption), scene.Objects);
        var right = matches.Count(match => match.IsRight);
        var absent = matches.Count(match => !match.IsThere);
        tally.Add(SceneMeasures.Precision, matches.Count == 0 ? 0 : (double)right / matches.Count, 1);
        tally.Add(SceneMeasures.Recall, scene.Objects.Count == 0 ? 1 : (double)right / scene.Objects.Count, 1);
        tally.Add(SceneMeasures.Perfect, right == matches.Count && right == scene.Objects.Count);
        tally.Add(SceneMeasures.ChairSentence, absent > 0);
        tally.Add(SceneMeasures.ChairInstance, absent, matches.Count);
        foreach (var (mention, index, _, _) in matches)
        {
            if (index is { } o && scene.Objects[o] is var seen && seen.Shape == mention.Shape)
            {
                var agree =
                    (mention.Size == seen.Size ? 1 : 0) + (mention.Color == seen.Color ? 1 : 0) + (mention.Striped == seen.Striped ? 1 : 0);
                tally.Add(SceneMeasures.Attributes, agree, JudgedAttributes);
            }
        }
    }

    /// <summary>Judges the description of an object's region.</summary>
    /// <param name="tally">Where it counts.</param>
    /// <param name="scene">The scene.</param>
    /// <param name="target">Index of the object.</param>
    /// <param name="text">The description.</param>
    /// <param name="located">Where the model finds what it described, in 0..1; null where it gave no box.</param>
    public static void AddDescription(SceneTally tally, Scene scene, int target, string text, Box? located)
    {
        var seen = scene.Objects[target];
        var fitting = DescribedObjects.Find(text, scene.Objects);
        var isTrue = fitting.Contains(target);
        tally.Add(SceneMeasures.True, isTrue);
        tally.Add(SceneMeasures.Unambiguous, isTrue && fitting.Count == 1);
        tally.Add(SceneMeasures.FoundByRule, isTrue ? 1.0 / fitting.Count : 0, 1);
        tally.Add(SceneMeasures.FoundByModel, Iou(seen, located) >= Found);
        if (seen.Expression is { } shortest)
        {
            tally.Add(SceneMeasures.Shortest, text.Trim() == shortest);
        }
    }

    /// <summary>Judges where an object was found by its expression; a box in 0..1, or null for none.</summary>
    public static void AddLocation(SceneTally tally, SceneObject seen, Box? located)
    {
        var iou = Iou(seen, located);
        tally.Add(SceneMeasures.MeanIou, iou, 1);
        tally.Add(SceneMeasures.AtHalf, iou >= Found);
    }

    /// <summary>Judges the answer to a yes/no question by POPE's rule.</summary>
    public static void AddExistence(SceneTally tally, SceneQuestion question, string answer)
    {
        var saysYes = PopeAnswerRule.SaysYes(answer);
        tally.Add(SceneMeasures.Accuracy, saysYes == question.IsYes);
        tally.Add(SceneMeasures.YesShare, saysYes);
        // F1 = 2 TP / (2 TP + FP + FN)
        var agreed = saysYes && question.IsYes ? 2 : 0;
        tally.Add(SceneMeasures.F1, agreed, agreed + (saysYes != question.IsYes ? 1 : 0));
    }

    private static double Iou(SceneObject seen, Box? located) => located is { } box ? Overlap.IntersectionOverUnion(seen.Box, box) : 0;
}
