using Glassbox.V1;
using Inference.Decoding.Speculation;
using Inference.Server.Errors;

namespace Inference.Server.Requests;

/// <summary>Reads <see cref="Speculation"/>; notes every value out of range, and what guesses cannot be combined with.</summary>
internal static class SpeculationReader
{
    private const string Field = "parameters.speculation";

    /// <summary>Null where it is absent.</summary>
    /// <param name="message">The message.</param>
    /// <param name="parameters">What else was asked for.</param>
    /// <param name="violations">Told what is wrong.</param>
    public static SpeculationOptions? Read(Speculation? message, RequestParameters parameters, Violations violations)
    {
        if (message is null)
        {
            return null;
        }

        if (message.Drafter != Drafter.Ngram)
        {
            violations.Add($"{Field}.drafter", $"{message.Drafter}", "DRAFTER_NGRAM");
        }

        if (message.HasDraftTokens && message.DraftTokens is < 1 or > SpeculationOptions.MostDraftTokens)
        {
            violations.Add($"{Field}.draft_tokens", $"{message.DraftTokens}", $"1 to {SpeculationOptions.MostDraftTokens}");
        }

        var other = !parameters.Sampling.IsGreedy ? "sampling"
            : parameters.Sampling.Strategy is { } strategy ? $"strategy {strategy.Name}"
            : parameters.Probes.Count > 0 ? "probes"
            : parameters.Guard is not null ? "a guard"
            : null;
        if (other is not null)
        {
            violations.Add(Field, $"speculation with {other}", "greedy decoding without a strategy, probes and a guard");
        }

        var options = new SpeculationOptions();
        return message.HasDraftTokens
            ? options with { DraftTokens = (int)Math.Min(message.DraftTokens, SpeculationOptions.MostDraftTokens) }
            : options;
    }

    /// <summary>Notes speculation where a call has none.</summary>
    public static void Refuse(GenerationParameters? parameters, string path, Violations violations)
    {
        if (parameters?.Speculation is not null)
        {
            violations.Add($"{path}.speculation", "speculation", "only for Generate");
        }
    }

    /// <summary>What was in effect, every field set.</summary>
    public static Speculation? Write(SpeculationOptions? options) =>
        options is null ? null : new Speculation { Drafter = Drafter.Ngram, DraftTokens = (uint)options.DraftTokens };
}
