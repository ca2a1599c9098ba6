using System.Globalization;
using Glassbox.V1;
using Google.Protobuf.WellKnownTypes;
using Inference.Server.Requests;

namespace Inference.Server.Responses;

/// <summary>What was in effect, every field set.</summary>
internal static class EffectiveParameters
{
    /// <param name="request">What the request and the model's defaults came to.</param>
    /// <param name="maxTokens">The number of tokens after the cut to the context.</param>
    public static GenerationParameters Of(RequestParameters request, int maxTokens)
    {
        var sampling = request.Sampling;
        var message = new GenerationParameters
        {
            Sampling = SamplingOf(sampling),
            Stop = new StopConditions
            {
                MaxTokens = (uint)maxTokens,
                TimeLimit = request.TimeLimit is { } limit ? Duration.FromTimeSpan(limit) : null,
            },
        };
        message.Pruning = PruningReader.Write(request.Pruning, request.Reduction);
        message.Probes = ProbesReader.Write(request.Probes);
        message.Speculation = SpeculationReader.Write(request.Speculation);
        message.Verification = VerificationReader.Write(request.Verification);
        message.Guard = GuardReader.Write(request.Guard);
        if (request.BestOf > 1)
        {
            message.BestOf = (uint)request.BestOf;
        }

        message.Stop.Sequences.AddRange(sampling.StopStrings);
        message.Strategy = StrategyOf(sampling);
        return message;
    }

    /// <summary>How tokens are chosen.</summary>
    public static SamplingParameters SamplingOf(Decoding.Sampling.SamplingParameters sampling) => new()
    {
        Temperature = sampling.IsGreedy ? 0 : Shortest(sampling.Temperature),
        TopK = (uint)sampling.TopK,
        TopP = Shortest(sampling.TopP),
        MinP = Shortest(sampling.MinP),
        RepetitionPenalty = Shortest(sampling.RepetitionPenalty),
        Seed = sampling.Seed,
    };

    /// <summary>How they are scored; null by the final logits.</summary>
    public static Strategy? StrategyOf(Decoding.Sampling.SamplingParameters sampling) =>
        sampling.Strategy is { } strategy ? new Strategy { Name = strategy.Name, Settings = { strategy.Settings.ToDictionary() } } : null;

    /// <summary>0.7f is 0.699999988…; a client that sent 0.7 wants to read 0.7.</summary>
    public static double Shortest(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
