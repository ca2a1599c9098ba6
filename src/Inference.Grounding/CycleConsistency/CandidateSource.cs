using System.Globalization;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;

namespace Inference.Grounding.CycleConsistency;

/// <summary>How one candidate is generated, as changes to the parameters of its request.</summary>
/// <param name="Strategy">The strategy; null keeps that of the request.</param>
/// <param name="Sampling">What is sampled differently; null nothing.</param>
public sealed record CandidateSource(StrategyChoice? Strategy = null, SamplingOverrides? Sampling = null)
{
    private const float SampleTemperature = 1;

    /// <summary>The candidate that one layer elicits: greedy or sampled as the request says, with that layer subtracted.</summary>
    public static CandidateSource OfLayer(int layer) => new(new StrategyChoice("unleash", new Dictionary<string, string>
    {
        ["layer"] = layer.ToString(CultureInfo.InvariantCulture),
    }));

    /// <summary>
    /// Candidates that differ by chance: the first is what the request gives without candidates, the others are drawn with seeds that
    /// count up from the request's, at its temperature, or at 1 where it is greedy.
    /// </summary>
    public static IEnumerable<CandidateSource> Samples(int count, SamplingParameters request) =>
        Enumerable.Range(0, count).Select(i => i == 0
            ? new CandidateSource()
            : new CandidateSource(Sampling: new SamplingOverrides
            {
                Temperature = request.IsGreedy ? SampleTemperature : request.Temperature,
                Seed = unchecked(request.Seed + (ulong)i),
            }));

    /// <summary>The parameters of the candidate.</summary>
    /// <param name="model">The model that describes.</param>
    /// <param name="request">The parameters of its request.</param>
    /// <exception cref="StrategyException">The strategy cannot be used as it was asked for.</exception>
    public SamplingParameters Apply(ServedModel model, SamplingParameters request) =>
        model.With(request.With(Sampling), Strategy);
}
