using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Glassbox.V1;
using Google.Protobuf.Collections;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.Guard;
using Inference.Grounding.Verification;
using Inference.Server.Errors;
using ImageReduction = Inference.Models.Vision.ImageReduction;
using ProbeChoice = Inference.Grounding.Probes.ProbeChoice;
using SamplingParameters = Inference.Decoding.Sampling.SamplingParameters;

namespace Inference.Server.Requests;

/// <summary>How a request generates, every value decided.</summary>
/// <param name="Sampling">What the engine gets, before the number of tokens is cut to the context.</param>
/// <param name="TimeLimit">From the arrival of the request; null for none.</param>
internal sealed record RequestParameters(SamplingParameters Sampling, TimeSpan? TimeLimit)
{
    /// <summary>Image tokens to drop inside the decoder, or null.</summary>
    public PruningPlan? Pruning { get; init; }

    /// <summary>Probes that score the tokens.</summary>
    public IReadOnlyList<ProbeChoice> Probes { get; init; } = [];

    /// <summary>How images' rows become fewer in front of it, or null.</summary>
    public ImageReduction? Reduction { get; init; }

    /// <summary>How tokens are guessed ahead, or null.</summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>How the claims of the answer are checked, or null.</summary>
    public VerificationOptions? Verification { get; init; }

    /// <summary>Watches the answer sentence by sentence, or null.</summary>
    public GuardOptions? Guard { get; init; }

    /// <summary>Answers of which the best is chosen.</summary>
    public int BestOf { get; init; } = 1;

    /// <summary>How an answer is made by them.</summary>
    /// <param name="sampling">Theirs, cut to the context.</param>
    public AnswerOptions Answer(SamplingParameters sampling) => new()
    {
        Sampling = sampling,
        Pruning = Pruning,
        Probes = Probes,
        Speculation = Speculation,
        Verification = Verification,
        Guard = Guard,
        BestOf = BestOf,
    };
}

/// <summary>
/// Reads <see cref="GenerationParameters"/> at a path of the request, and <see cref="OutputOptions"/>; notes every value out of range.
/// </summary>
internal sealed class ParametersReader(ServedModel model, Violations violations, string path = "parameters")
{
    private const int MaxStopSequences = 8;
    private const int MaxStopBytes = 256;

    private string Sampling => $"{path}.sampling";

    private string Stop => $"{path}.stop";

    public RequestParameters Read(GenerationParameters? parameters, OutputOptions? output)
    {
        var sampling = parameters?.Sampling ?? new Glassbox.V1.SamplingParameters();
        var stop = parameters?.Stop ?? new StopConditions();
        var overrides = new SamplingOverrides
        {
            Temperature = Number(
                sampling.HasTemperature, sampling.Temperature, "temperature", value => value is >= 0 and <= 100, "0 to 100"),
            TopK = sampling.HasTopK ? Count(sampling.TopK, $"{Sampling}.top_k", 0) : null,
            TopP = Number(sampling.HasTopP, sampling.TopP, "top_p", value => value is > 0 and <= 1, "above 0, up to 1"),
            MinP = Number(sampling.HasMinP, sampling.MinP, "min_p", value => value is >= 0 and <= 1, "0 to 1"),
            RepetitionPenalty = Number(
                sampling.HasRepetitionPenalty, sampling.RepetitionPenalty, "repetition_penalty", value => value is > 0 and <= 10,
                "above 0, up to 10"),
            Seed = sampling.HasSeed ? sampling.Seed : null,
            MaxTokens = stop.HasMaxTokens ? Count(stop.MaxTokens, $"{Stop}.max_tokens", 1) : null,
            StopStrings = ReadSequences(stop.Sequences),
            Logprobs = output is { Logprobs: true } or { TopLogprobs: > 0 },
            TopLogprobs = ReadTopLogprobs(output),
        };
        var resolved = model.Resolve(overrides, DrawSeed());
        var (pruning, reduction) = PruningReader.Read(parameters?.Pruning, model, violations, $"{path}.pruning");
        return new RequestParameters(WithStrategy(resolved, parameters?.Strategy), ReadTimeLimit(stop))
        {
            Pruning = pruning,
            Reduction = reduction,
            Probes = ProbesReader.Read(parameters?.Probes, model, violations, $"{path}.probes"),
            Verification = VerificationReader.Read(parameters?.Verification, model, violations, $"{path}.verification"),
            Guard = new GuardReader(model, violations, $"{path}.guard").Read(parameters?.Guard),
            BestOf = AnswerMethods.ReadBestOf(parameters, path, violations, model),
        };
    }

    private SamplingParameters WithStrategy(SamplingParameters sampling, Strategy? strategy)
    {
        if (strategy is null)
        {
            return sampling;
        }

        try
        {
            return model.With(sampling, new StrategyChoice(strategy.Name, strategy.Settings.ToDictionary()));
        }
        catch (StrategyException refusal)
        {
            var part = refusal.Field switch
            {
                StrategyException.NameField => "name",
                StrategyException.SettingsField => "settings",
                var setting => $"settings[{setting}]",
            };
            violations.Add($"{path}.strategy.{part}", refusal.Found, refusal.Allowed);
            return sampling;
        }
    }

    // 53 bits survive in every client language, JavaScript's numbers included.
    private static ulong DrawSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11;

    private float? Number(bool present, double value, string name, Predicate<float> isValid, string allowed)
    {
        if (!present)
        {
            return null;
        }

        // The check is on what the engine computes with: 1e-60 is above 0, its single-precision value is not.
        if (double.IsFinite(value) && isValid((float)value))
        {
            return (float)value;
        }

        violations.Add($"{Sampling}.{name}", value.ToString(CultureInfo.InvariantCulture), allowed);
        return null;
    }

    private int? Count(uint value, string name, uint from)
    {
        if (value >= from && value <= int.MaxValue)
        {
            return (int)value;
        }

        violations.Add(name, $"{value}", $"{from} to {int.MaxValue}");
        return null;
    }

    private string[] ReadSequences(RepeatedField<string> sequences)
    {
        if (sequences.Count > MaxStopSequences)
        {
            violations.Add($"{Stop}.sequences", $"{sequences.Count} sequences", $"at most {MaxStopSequences}");
        }

        for (var i = 0; i < Math.Min(sequences.Count, MaxStopSequences); i++)
        {
            var bytes = Encoding.UTF8.GetByteCount(sequences[i]);
            if (bytes is 0 or > MaxStopBytes)
            {
                violations.Add($"{Stop}.sequences[{i}]", $"{bytes} bytes", $"1 to {MaxStopBytes} bytes");
            }
        }

        return [.. sequences];
    }

    private int ReadTopLogprobs(OutputOptions? output)
    {
        if (output is { TopLogprobs: > SamplingValidator.MaxTopLogprobs and var found })
        {
            violations.Add("output.top_logprobs", $"{found}", $"0 to {SamplingValidator.MaxTopLogprobs}");
            return 0;
        }

        return (int)(output?.TopLogprobs ?? 0);
    }

    private TimeSpan? ReadTimeLimit(StopConditions stop)
    {
        // Longer than any call lives, and well within the range of timers.
        const int maxSeconds = 86_400;
        if (stop.TimeLimit is not { } limit)
        {
            return null;
        }

        if (limit is { Seconds: >= 0 and <= maxSeconds, Nanos: >= 0 and < 1_000_000_000 } && (limit.Seconds > 0 || limit.Nanos > 0))
        {
            return limit.ToTimeSpan();
        }

        violations.Add($"{Stop}.time_limit", $"{limit.Seconds} s and {limit.Nanos} ns", $"above 0, up to {maxSeconds} s");
        return null;
    }
}
