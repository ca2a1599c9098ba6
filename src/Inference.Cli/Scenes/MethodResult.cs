using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>What a method gave on a task.</summary>
internal sealed class MethodResult(Method method, SceneTask task, int scenes)
{
    private SceneScores? _scores;
    private Dictionary<SceneMeasure, SceneEstimate>? _estimates;

    public Method Method { get; } = method;

    public SceneTask Task { get; } = task;

    /// <summary>One per scene.</summary>
    public SceneTally[] Tallies { get; } = [.. Enumerable.Range(0, scenes).Select(_ => new SceneTally())];

    /// <summary>Every measure of the task; to be asked for when all answers are there.</summary>
    public IReadOnlyDictionary<SceneMeasure, SceneEstimate> Estimates =>
        _estimates ??= SceneMeasures.Of(Task).ToDictionary(measure => measure, Scores.Estimate);

    /// <summary>Answers given.</summary>
    public int Answers { get; private set; }

    /// <summary>From the first question of a block to its last answer, summed over blocks.</summary>
    public TimeSpan Time { get; private set; }

    public double MillisecondsPerAnswer => Answers == 0 ? 0 : Time.TotalMilliseconds / Answers;

    private SceneScores Scores => _scores ??= new SceneScores(Tallies);

    public SceneDifference? Difference(SceneMeasure measure, MethodResult baseline) => Scores.Difference(measure, baseline.Scores);

    public void Add(TimeSpan time, int answers) => (Time, Answers) = (Time + time, Answers + answers);
}
