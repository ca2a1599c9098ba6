namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>What a model is asked about a scene.</summary>
public enum SceneTask
{
    /// <summary>A caption of the whole image.</summary>
    Captions,

    /// <summary>A short expression for the region of each object.</summary>
    Regions,

    /// <summary>The box of each object by its shortest expression.</summary>
    Locate,

    /// <summary>Yes/no questions about what there is.</summary>
    Exists,
}

/// <summary>Which way a measure is better.</summary>
public enum MeasureDirection
{
    /// <summary>Neither.</summary>
    None,

    /// <summary>Higher.</summary>
    Higher,

    /// <summary>Lower.</summary>
    Lower,
}

/// <summary>Something that is measured over scenes: a quotient of two sums.</summary>
/// <param name="Task">The task whose answers it judges.</param>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Direction">Which way is better.</param>
/// <param name="IsShare">Whether it lies in 0..1 and is shown in percent.</param>
public sealed record SceneMeasure(SceneTask Task, string Key, string Title, MeasureDirection Direction, bool IsShare = true);
