namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>The measures there are, in the order of the table.</summary>
public static class SceneMeasures
{
    /// <summary>Named objects that are right in every attribute, of those named; mean over scenes.</summary>
    public static SceneMeasure Precision { get; } = new(SceneTask.Captions, "object_precision", "precision", MeasureDirection.Higher);

    /// <summary>Objects that are named right in every attribute, of those there; mean over scenes.</summary>
    public static SceneMeasure Recall { get; } = new(SceneTask.Captions, "object_recall", "recall", MeasureDirection.Higher);

    /// <summary>Captions that name a colour and shape that is not there (CHAIR_s).</summary>
    public static SceneMeasure ChairSentence { get; } = new(SceneTask.Captions, "chair_s", "CHAIR sentence", MeasureDirection.Lower);

    /// <summary>Mentions of a colour and shape that is not there (CHAIR_i).</summary>
    public static SceneMeasure ChairInstance { get; } = new(SceneTask.Captions, "chair_i", "CHAIR instance", MeasureDirection.Lower);

    /// <summary>Of size, colour and stripes of the mentions that stand for an object of their shape: those that are right.</summary>
    public static SceneMeasure Attributes { get; } = new(SceneTask.Captions, "attributes", "attributes", MeasureDirection.Higher);

    /// <summary>Captions that name every object right, and nothing else.</summary>
    public static SceneMeasure Perfect { get; } = new(SceneTask.Captions, "perfect", "all right", MeasureDirection.Higher);

    /// <summary>Descriptions that are true of their region's object.</summary>
    public static SceneMeasure True { get; } = new(SceneTask.Regions, "true", "true", MeasureDirection.Higher);

    /// <summary>Descriptions that are true of their region's object alone.</summary>
    public static SceneMeasure Unambiguous { get; } = new(SceneTask.Regions, "unambiguous", "unambiguous", MeasureDirection.Higher);

    /// <summary>Descriptions that are the shortest unambiguous expression, of the objects that have one.</summary>
    public static SceneMeasure Shortest { get; } = new(SceneTask.Regions, "shortest", "shortest", MeasureDirection.Higher);

    /// <summary>Chance that somebody who draws from the objects that fit the description finds the region's.</summary>
    public static SceneMeasure FoundByRule { get; } = new(SceneTask.Regions, "found_by_rule", "found by rule", MeasureDirection.Higher);

    /// <summary>Descriptions that the model itself locates with an IoU of at least 0.5.</summary>
    public static SceneMeasure FoundByModel { get; } = new(
        SceneTask.Regions, "found_by_model", "found by the model", MeasureDirection.Higher);

    /// <summary>Mean IoU of the located and the true box.</summary>
    public static SceneMeasure MeanIou { get; } = new(SceneTask.Locate, "mean_iou", "mean IoU", MeasureDirection.Higher);

    /// <summary>Boxes with an IoU of at least 0.5.</summary>
    public static SceneMeasure AtHalf { get; } = new(SceneTask.Locate, "accuracy_at_half", "IoU ≥ 0.5", MeasureDirection.Higher);

    /// <summary>Right answers.</summary>
    public static SceneMeasure Accuracy { get; } = new(SceneTask.Exists, "accuracy", "accuracy", MeasureDirection.Higher);

    /// <summary>F1 with yes as the positive class.</summary>
    public static SceneMeasure F1 { get; } = new(SceneTask.Exists, "f1", "F1", MeasureDirection.Higher);

    /// <summary>Answers that say yes.</summary>
    public static SceneMeasure YesShare { get; } = new(SceneTask.Exists, "yes_ratio", "yes", MeasureDirection.None);

    /// <summary>All of a task.</summary>
    public static IReadOnlyList<SceneMeasure> Of(SceneTask task) =>
        [.. All.Where(measure => measure.Task == task), Tokens(task), Sampled(task)];

    /// <summary>Tokens of an answer, a final stop token included.</summary>
    public static SceneMeasure Tokens(SceneTask task) => new(task, "tokens", "tokens", MeasureDirection.None, IsShare: false);

    /// <summary>Tokens sampled for each token of an answer: above 1 where a method throws some away.</summary>
    public static SceneMeasure Sampled(SceneTask task) =>
        new(task, "sampled_per_kept", "sampled / kept", MeasureDirection.None, IsShare: false);

    private static IReadOnlyList<SceneMeasure> All { get; } =
    [
        Precision, Recall, Attributes, Perfect, ChairSentence, ChairInstance,
        True, Unambiguous, Shortest, FoundByRule, FoundByModel,
        MeanIou, AtHalf,
        Accuracy, F1, YesShare,
    ];
}
