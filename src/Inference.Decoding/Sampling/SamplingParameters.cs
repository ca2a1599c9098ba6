using Inference.Decoding.Layers;

namespace Inference.Decoding.Sampling;

/// <summary>How tokens are chosen for one request, every value decided. Immutable.</summary>
/// <remarks>
/// Values come from three places, each overriding the one before it, scalar by scalar: the defaults of this record, the model folder's
/// generation_config.json, the request (<see cref="Resolve"/>). Unlike transformers, an absent <c>top_k</c> means no top-k, not 50.
/// </remarks>
public sealed record SamplingParameters
{
    /// <summary>Temperatures below this are greedy: dividing by them overflows and the arg-max has all the mass anyway.</summary>
    public const float GreedyTemperature = 1e-5f;

    /// <summary>Draw from the distribution; when false the arg-max is taken and only the repetition penalty applies.</summary>
    public bool DoSample { get; init; }

    /// <summary>Scores are divided by it.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>Keep the k best scores, and all that tie with the k-th; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the smallest set of best tokens whose probability reaches this; 1 keeps all.</summary>
    public float TopP { get; init; } = 1f;

    /// <summary>Keep tokens with at least this share of the best token's probability; 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Scores of tokens seen before are divided (positive) or multiplied (negative) by it; 1 changes nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1f;

    /// <summary>Key of the random numbers: the same seed gives the same tokens, whoever else is in the batch.</summary>
    public ulong Seed { get; init; }

    /// <summary>Largest number of generated tokens.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Generation ends when one of these appears in the text; neither it nor anything after it is returned.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// Generation ends after one of these tokens; the end-of-sequence tokens of the model unless the request names others.
    /// </summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Report the log-probability of every token.</summary>
    public bool Logprobs { get; init; }

    /// <summary>
    /// Report that many best tokens with their log-probabilities at every step; implies <see cref="Logprobs"/> when above 0.
    /// </summary>
    public int TopLogprobs { get; init; }

    /// <summary>Scores the tokens from intermediate layers; null leaves the final logits as they are.</summary>
    public TokenStrategy? Strategy { get; init; }

    /// <summary>True when the arg-max is taken.</summary>
    public bool IsGreedy => !DoSample || Temperature < GreedyTemperature;

    /// <summary>Merges the built-in defaults, the model's generation_config.json and a request, in this order.</summary>
    /// <remarks>
    /// A request that says nothing about <c>do_sample</c> but names a temperature decides by it: 0 is greedy, anything above draws. In a
    /// generation_config.json a temperature without <c>do_sample</c> stays greedy, as in transformers.
    /// </remarks>
    /// <param name="model">What the model's generation_config.json sets.</param>
    /// <param name="request">What the request sets.</param>
    /// <param name="seed">Used when neither sets a seed; to be echoed to the client.</param>
    public static SamplingParameters Resolve(SamplingOverrides? model, SamplingOverrides? request, ulong seed = 0) =>
        new SamplingParameters { Seed = seed }
            .With(model, model?.DoSample)
            .With(request);

    /// <summary>With what a request sets, by the rules of <see cref="Resolve"/>. Strategies need a decoder and stay as they are.</summary>
    /// <param name="request">What it sets; null changes nothing.</param>
    public SamplingParameters With(SamplingOverrides? request) =>
        With(request, request?.DoSample ?? (request?.Temperature is { } t ? t >= GreedyTemperature : null));

    /// <summary>With a strategy made for a decoder.</summary>
    /// <param name="choice">What the request says; null changes nothing.</param>
    /// <param name="layers">Blocks of the decoder.</param>
    /// <exception cref="StrategyException">The strategy cannot be used as it was asked for.</exception>
    public SamplingParameters With(StrategyChoice? choice, int layers) =>
        choice is null ? this : this with { Strategy = StrategyRegistry.Create(choice, new StrategyContext(layers, IsGreedy)) };

    private SamplingParameters With(SamplingOverrides? overrides, bool? doSample)
    {
        if (overrides is null) return this;
        return this with
        {
            DoSample = doSample ?? DoSample,
            Temperature = overrides.Temperature ?? Temperature,
            TopK = overrides.TopK ?? TopK,
            TopP = overrides.TopP ?? TopP,
            MinP = overrides.MinP ?? MinP,
            RepetitionPenalty = overrides.RepetitionPenalty ?? RepetitionPenalty,
            Seed = overrides.Seed ?? Seed,
            MaxTokens = overrides.MaxTokens ?? MaxTokens,
            StopStrings = overrides.StopStrings ?? StopStrings,
            StopTokenIds = overrides.StopTokenIds ?? StopTokenIds,
            Logprobs = overrides.Logprobs ?? Logprobs,
            TopLogprobs = overrides.TopLogprobs ?? TopLogprobs,
        };
    }
}
