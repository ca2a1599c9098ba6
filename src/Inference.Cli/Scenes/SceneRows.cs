using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>The table of one task, with every measure.</summary>
internal static class SceneRows
{
    public static SceneTable Of(SceneTask task, IReadOnlyList<MethodResult> results)
    {
        var measures = SceneMeasures.Of(task);
        var baseline = results[0];
        return new SceneTable(
            $"{task}: {baseline.Answers} answers",
            ["method", .. measures.Select(SceneCells.Title), "ms"],
            [.. results.Select(result => (string[])
            [
                result.Method.Line.Name,
                .. measures.Select(measure => SceneCells.Whole(measure, result, result == baseline ? null : baseline)),
                SceneCells.Number(result.MillisecondsPerAnswer, 2),
            ])]);
    }
}
