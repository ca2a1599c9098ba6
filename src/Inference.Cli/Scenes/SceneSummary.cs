using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>
/// All methods in one table: of each task the measures that tell most, and what an answer costs. A task that a method does nothing for is
/// blank.
/// </summary>
internal static class SceneSummary
{
    private static readonly SceneMeasure[] Headlines =
    [
        SceneMeasures.Perfect, SceneMeasures.ChairInstance, SceneMeasures.Unambiguous, SceneMeasures.FoundByModel, SceneMeasures.MeanIou,
        SceneMeasures.F1,
    ];

    public static SceneTable Of(IReadOnlyList<MethodResult> results)
    {
        var baselines = results.GroupBy(result => result.Task).ToDictionary(task => task.Key, task => task.First());
        SceneMeasure[] measures = [.. Headlines.Where(measure => baselines.ContainsKey(measure.Task))];
        return new SceneTable(
            "All tasks",
            [
                "method", .. measures.Select(measure => $"{measure.Task.ToString().ToLowerInvariant()}: {SceneCells.Title(measure)}"),
                "sampled / kept", "time",
            ],
            [.. results.GroupBy(result => result.Method.Line).Select(method => Row(method.Key, [.. method], baselines, measures))]);
    }

    private static string[] Row(
        MethodLine line, MethodResult[] results, Dictionary<SceneTask, MethodResult> baselines, SceneMeasure[] measures) =>
    [
        line.Name,
        .. measures.Select(measure => Array.Find(results, result => result.Task == measure.Task) is not { } result ? ""
            : SceneCells.Short(measure, result, baselines[result.Task] == result ? null : baselines[result.Task])),
        SceneCells.Number(results.Average(result => result.Estimates[SceneMeasures.Sampled(result.Task)].Value ?? 1), 2),
        // Of the same questions.
        SceneCells.Number(
            results.Sum(result => result.Time.TotalSeconds) / results.Sum(result => baselines[result.Task].Time.TotalSeconds), 2) + "×",
    ];
}
