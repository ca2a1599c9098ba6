using Inference.Models.Decoders;

namespace Inference.Decoding.Layers;

/// <summary>A token that a layer would choose.</summary>
/// <param name="Id">The token.</param>
/// <param name="Probability">Under the layer's own distribution.</param>
public readonly record struct LensToken(int Id, float Probability);

/// <summary>
/// The logit lens (nostalgebraist, 2020): what every layer would say next, had the model ended there. Hidden states go through the final
/// norm and the vocabulary matrix. Scores are the final logits as they are, so tokens are those of a request without it. Serves one
/// request: it remembers what it read.
/// </summary>
public sealed class LogitLens : TokenStrategy
{
    private readonly int[] _ids;
    private readonly List<LensToken[][]> _steps = [];

    /// <summary>A lens over all layers.</summary>
    /// <param name="layers">Blocks of the decoder, L.</param>
    /// <param name="count">Tokens to remember for each layer, best first.</param>
    public LogitLens(int layers, int count)
        : base("logit-lens", layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _ids = new int[count];
        Lens = LensPlan.OfLayers([.. Enumerable.Range(0, layers)], finalNorm: true);
    }

    /// <inheritdoc/>
    public override LensPlan Lens { get; }

    /// <summary>
    /// The best tokens of each step: [steps][L + 1 layers][count]. Layer 0 are the embeddings, L is what the token is chosen from.
    /// </summary>
    public IReadOnlyList<LensToken[][]> Steps => _steps;

    /// <inheritdoc/>
    public override int Score(StrategyStep step, Span<float> scores)
    {
        step.Logits.CopyTo(scores);
        var layers = new LensToken[Layers + 1][];
        for (var layer = 0; layer < Layers; layer++)
        {
            layers[layer] = Read(step.LensRow(layer), step.LensLogSums[layer]);
        }

        layers[Layers] = Read(step.Logits, step.LogSum);
        _steps.Add(layers);
        return NoLayer;
    }

    private LensToken[] Read(ReadOnlySpan<float> logits, float logSum)
    {
        var count = TopTokens.Select(logits, logSum, _ids.Length, double.PositiveInfinity, _ids);
        var tokens = new LensToken[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = new LensToken(_ids[i], MathF.Exp(logits[_ids[i]] - logSum));
        }

        return tokens;
    }
}
