using Inference.Decoding.Layers.Settings;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Layers;

/// <summary>Subtracts a layer chosen by its divergence and by a prior of how useful layers were on other regions.</summary>
internal sealed class Pie : ContrastStrategy, IStrategyDefinition
{
    private const string Product = "product";
    private const string Released = "released";
    private const string TakeLargest = "argmax";
    private const string Draw = "sample";

    // The token of the same position is drawn from stream 0.
    private const uint LayerStream = 1;

    private static readonly NumberListSetting Prior =
        new("prior", "equal", "How useful each of layers is held to be, such as the shares of wins in a cycle-consistency ranking.");

    private static readonly NumberSetting Temperature =
        new("tau", 0.001, 0, 1e6, "Divergences are divided by it: small follows the divergence, large the prior.", leastExcluded: true);

    private static readonly ChoiceSetting Form =
        new(
            "form", [Product, Released], Product, _ => Product,
            "prior · softmax(JS / tau), or softmax(softmax(JS) + prior) as in the released code.");

    private static readonly ChoiceSetting Pick = new(
        "pick", [TakeLargest, Draw], "argmax under greedy, else sample", context => context.IsGreedy ? TakeLargest : Draw,
        "The layer of largest weight, or one drawn with the request's seed.");

    private readonly double[] _prior;
    private readonly double _temperature;
    private readonly bool _isProduct;
    private readonly bool _draws;

    private Pie(StrategySettings settings, int[] layers)
        : base(settings, new PlausibilityCut(settings), layers)
    {
        _prior = settings.ReadPerLayer(Prior, layers.Length);
        _temperature = settings.Read(Temperature);
        _isProduct = settings.Read(Form) == Product;
        _draws = settings.Read(Pick) == Draw;
    }

    /// <inheritdoc/>
    public static StrategyDescription Description { get; } = new(
        "pie",
        "Subtracts a layer chosen at every token by its divergence from the final one and a prior over layers (probing-based importance "
            + "estimation).",
        "Unleash-then-Eliminate, NeurIPS 2024 (OpenReview 168NLzTpw8)",
        [LayerListSetting.FirstHalf, Prior, Temperature, Form, Pick, PlausibilityCut.RelativeTop]);

    /// <inheritdoc/>
    public static TokenStrategy Create(StrategySettings settings) => new Pie(settings, settings.Read(LayerListSetting.FirstHalf));

    private protected override int Choose(StrategyStep step)
    {
        var divergences = step.Divergences();
        Span<double> weights = stackalloc double[divergences.Length];
        Weigh(divergences, weights);
        return _draws ? DrawFrom(weights, Philox4x32.Uniform(step.Seed, (ulong)step.Position, LayerStream)) : IndexOfMax(weights);
    }

    // weights: proportional to the chance of each layer, the largest 1.
    private void Weigh(ReadOnlySpan<float> divergences, Span<double> weights)
    {
        if (_isProduct)
        {
            // In logarithms, where a small tau underflows nothing.
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = (divergences[i] / _temperature) + Math.Log(_prior[i]);
            }
        }
        else
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = divergences[i];
            }

            Exponentiate(weights);
            var total = Sum(weights);
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = (weights[i] / total) + _prior[i];
            }
        }

        Exponentiate(weights);
    }

    private static void Exponentiate(Span<double> values)
    {
        var largest = values[IndexOfMax(values)];
        foreach (ref var value in values)
        {
            value = Math.Exp(value - largest);
        }
    }

    private static int IndexOfMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }

        return best;
    }

    private static int DrawFrom(ReadOnlySpan<double> weights, double uniform)
    {
        var (target, sum) = (uniform * Sum(weights), 0.0);
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            if (sum > target)
            {
                return i;
            }
        }

        return IndexOfMax(weights);
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
