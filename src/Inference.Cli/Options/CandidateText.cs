using System.Globalization;
using System.Numerics;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Grounding.CycleConsistency;

namespace Inference.Cli.Options;

/// <summary>A candidate as the command line writes it: a strategy, or <c>sample</c>, and settings behind colons.</summary>
internal static class CandidateText
{
    private const string Sample = "sample";

    /// <exception cref="UsageException">It names nothing that there is.</exception>
    public static CandidateSource Parse(string text)
    {
        var parts = text.Split(':');
        try
        {
            var choice = StrategyChoice.Parse(parts[0], parts[1..]);
            if (choice.Name == Sample)
            {
                return new CandidateSource(Sampling: ReadSampling(text, choice.Settings));
            }

            StrategyRegistry.CheckNames(choice);
            return new CandidateSource(choice);
        }
        catch (StrategyException problem)
        {
            throw new UsageException($"--candidate {text}: {problem.Message}");
        }
    }

    private static SamplingOverrides ReadSampling(string text, IReadOnlyDictionary<string, string> settings)
    {
        var sampling = new SamplingOverrides();
        foreach (var (key, value) in settings)
        {
            sampling = key switch
            {
                "temperature" => sampling with { Temperature = Number<float>(text, value) },
                "seed" => sampling with { Seed = Number<ulong>(text, value) },
                "top-k" => sampling with { TopK = Number<int>(text, value) },
                "top-p" => sampling with { TopP = Number<float>(text, value) },
                "min-p" => sampling with { MinP = Number<float>(text, value) },
                _ => throw new UsageException($"--candidate {text}: found '{key}'; allowed: temperature, seed, top-k, top-p, min-p"),
            };
        }

        var problems = SamplingValidator.Validate(SamplingParameters.Resolve(null, sampling), int.MaxValue);
        return problems.Count == 0
            ? sampling
            : throw new UsageException(
                $"--candidate {text}: {problems[0].Field} found {problems[0].Found}; allowed: {problems[0].Allowed}");
    }

    private static T Number<T>(string text, string value)
        where T : struct, INumber<T> =>
        T.TryParse(value, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"--candidate {text}: found '{value}'; allowed: a number");
}
