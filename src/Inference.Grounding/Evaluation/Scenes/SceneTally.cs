namespace Inference.Grounding.Evaluation.Scenes;

/// <summary>What the answers about one scene add to each measure.</summary>
public sealed class SceneTally
{
    private readonly Dictionary<SceneMeasure, Ratio> _ratios = [];

    /// <summary>What a measure stands at; zero over zero where nothing was added.</summary>
    public Ratio this[SceneMeasure measure] => _ratios.GetValueOrDefault(measure);

    /// <summary>Adds an answer.</summary>
    /// <param name="task">What was asked.</param>
    /// <param name="tokens">Tokens of the answer.</param>
    /// <param name="sampled">Tokens sampled for it.</param>
    public void AddLength(SceneTask task, int tokens, int sampled)
    {
        Add(SceneMeasures.Tokens(task), tokens, 1);
        Add(SceneMeasures.Sampled(task), sampled, tokens);
    }

    internal void Add(SceneMeasure measure, double part, double whole) => _ratios[measure] = this[measure].Plus(new Ratio(part, whole));

    internal void Add(SceneMeasure measure, bool isSo) => Add(measure, isSo ? 1 : 0, 1);
}
