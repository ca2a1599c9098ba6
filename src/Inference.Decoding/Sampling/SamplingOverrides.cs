using Inference.Decoding.Layers;
using Inference.Models.Checkpoints;

namespace Inference.Decoding.Sampling;

/// <summary>The sampling values one source (generation_config.json or a request) sets; null leaves what was there before.</summary>
public sealed record SamplingOverrides
{
    /// <inheritdoc cref="SamplingParameters.DoSample"/>
    public bool? DoSample { get; init; }

    /// <inheritdoc cref="SamplingParameters.Temperature"/>
    public float? Temperature { get; init; }

    /// <inheritdoc cref="SamplingParameters.TopK"/>
    public int? TopK { get; init; }

    /// <inheritdoc cref="SamplingParameters.TopP"/>
    public float? TopP { get; init; }

    /// <inheritdoc cref="SamplingParameters.MinP"/>
    public float? MinP { get; init; }

    /// <inheritdoc cref="SamplingParameters.RepetitionPenalty"/>
    public float? RepetitionPenalty { get; init; }

    /// <inheritdoc cref="SamplingParameters.Seed"/>
    public ulong? Seed { get; init; }

    /// <inheritdoc cref="SamplingParameters.MaxTokens"/>
    public int? MaxTokens { get; init; }

    /// <inheritdoc cref="SamplingParameters.StopStrings"/>
    public IReadOnlyList<string>? StopStrings { get; init; }

    /// <inheritdoc cref="SamplingParameters.StopTokenIds"/>
    public IReadOnlyList<int>? StopTokenIds { get; init; }

    /// <inheritdoc cref="SamplingParameters.Logprobs"/>
    public bool? Logprobs { get; init; }

    /// <inheritdoc cref="SamplingParameters.TopLogprobs"/>
    public int? TopLogprobs { get; init; }

    /// <summary>The strategy to use; it is made for a model by <see cref="StrategyRegistry.Create"/>.</summary>
    public StrategyChoice? Strategy { get; init; }

    /// <summary>What a model's generation_config.json sets.</summary>
    /// <param name="config">The file.</param>
    /// <param name="eosTokenIds">
    /// The end-of-sequence tokens of the model, which the file need not name (<see cref="Checkpoint.EosTokenIds"/>).
    /// </param>
    public static SamplingOverrides From(GenerationConfig config, IReadOnlyList<int> eosTokenIds) => new()
    {
        DoSample = config.DoSample,
        Temperature = config.Temperature,
        TopK = config.TopK,
        TopP = config.TopP,
        MinP = config.MinP,
        RepetitionPenalty = config.RepetitionPenalty,
        MaxTokens = config.MaxNewTokens is > 0 ? config.MaxNewTokens : null,
        StopTokenIds = eosTokenIds,
    };
}
