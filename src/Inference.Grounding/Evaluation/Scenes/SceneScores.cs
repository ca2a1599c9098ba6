namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>A measure over all scenes.</summary>
/// <param name="Value">Null where nothing was counted.</param>
/// <param name="Interval">Bootstrap over scenes, whose answers are not independent; Wilson's where no draw differs from another.</param>
public readonly record struct SceneEstimate(double? Value, ConfidenceInterval? Interval);

/// <summary>What a method changes against another on the same scenes.</summary>
/// <param name="Value">Difference of the measures.</param>
/// <param name="Interval">Bootstrap over scenes, both methods drawn together.</param>
public readonly record struct SceneDifference(double Value, ConfidenceInterval Interval)
{
    /// <summary>Whether the interval leaves out zero.</summary>
    public bool IsResolved => Interval.Low > 0 || Interval.High < 0;
}

/// <summary>The measures of one method on a list of scenes.</summary>
/// <param name="scenes">One tally per scene, in the order that every compared method has.</param>
public sealed class SceneScores(IReadOnlyList<SceneTally> scenes)
{
    /// <summary>How many scenes.</summary>
    public int Count => scenes.Count;

    /// <summary>A measure with its interval.</summary>
    public SceneEstimate Estimate(SceneMeasure measure)
    {
        Ratio[] ratios = [.. scenes.Select(scene => scene[measure])];
        if (Sum(ratios).Value is not { } value)
        {
            return default;
        }

        var interval = Bootstrap.Interval(Bootstrap.Draw(ratios), draw => draw.Value)!.Value;
        return new SceneEstimate(
            value, measure.IsShare && interval.Low == interval.High ? ConfidenceInterval.Wilson(value, ratios.Length) : interval);
    }

    /// <summary>This method's measure less that of <paramref name="baseline"/>; null where either has none.</summary>
    public SceneDifference? Difference(SceneMeasure measure, SceneScores baseline)
    {
        Pair[] pairs = [.. scenes.Select((scene, i) => new Pair(scene[measure], baseline.Tally(i)[measure]))];
        return pairs.Aggregate(default(Pair), (sum, pair) => sum.Plus(pair)).Difference is { } value
            ? new SceneDifference(value, Bootstrap.Interval(Bootstrap.Draw(pairs), draw => draw.Difference)!.Value)
            : null;
    }

    private SceneTally Tally(int scene) => scenes[scene];

    private static Ratio Sum(Ratio[] ratios) => ratios.Aggregate(default(Ratio), (sum, ratio) => sum.Plus(ratio));

    private readonly record struct Pair(Ratio Method, Ratio Baseline) : ICounts<Pair>
    {
        public double? Difference => Method.Value - Baseline.Value;

        public Pair Plus(in Pair other) => new(Method.Plus(other.Method), Baseline.Plus(other.Baseline));
    }
}
