using Inference.Decoding.Probes;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Models.Prompts;

namespace Inference.Engine;

/// <summary>What is to be generated: a prompt of token ids and image spans, and how tokens are chosen.</summary>
public sealed record GenerationRequest
{
    /// <summary>Token ids with every image expanded to its rows.</summary>
    public required EncodedPrompt Prompt { get; init; }

    /// <summary>
    /// The images that the spans of the prompt name, by index. The caller keeps its references; the engine takes its own.
    /// </summary>
    public IReadOnlyList<EngineImage> Images { get; init; } = [];

    /// <summary>
    /// The images as the strategy's companion is to see them, one for each of <see cref="Images"/> and of as many rows, where it is to see
    /// noised ones (<see cref="Inference.Decoding.Layers.CompanionPrompt.NoisedImages"/>). The caller keeps its references; the engine
    /// takes its own.
    /// </summary>
    public IReadOnlyList<EngineImage> CompanionImages { get; init; } = [];

    /// <summary>
    /// Tokens of the answer that are decided already, fewer than <see cref="SamplingParameters.MaxTokens"/>. They are read after the prompt
    /// and count as generated in every respect (seed, penalty, number of tokens, positions, text held back), but no event carries them: the
    /// tokens that follow are the same bits as if all had been generated in one go. A stop token or stop string that is complete among them
    /// ends nothing.
    /// </summary>
    public IReadOnlyList<int> Continuation { get; init; } = [];

    /// <summary>Valid sampling parameters.</summary>
    public required SamplingParameters Sampling { get; init; }

    /// <summary>Image rows to drop inside the decoder; null keeps all. Without images it does nothing.</summary>
    public PruningPlan? Pruning { get; init; }

    /// <summary>
    /// Probes that score every generated token, of those of <see cref="EngineModel.Probes"/>, each at most once. A token's score exists
    /// once the token has been fed back, so every event comes one step later than without, and the last token takes a row of its own
    /// through the probed layers, unless it is the model's end token. When the request has ended by itself, every other token has come with
    /// its scores. Tokens are the same bits as without.
    /// </summary>
    public IReadOnlyList<Probe> Probes { get; init; } = [];

    /// <summary>
    /// Guess tokens and check them together; null goes token by token. Greedy, without a strategy, probes and a trace. Tokens are the same
    /// bits as without.
    /// </summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>Whether somebody waits for the answer.</summary>
    public RequestPriority Priority { get; init; }

    /// <summary>
    /// Keys and values are shared among requests with the same salt only, so that nobody learns by timing what others ask; null shares with
    /// all that have none.
    /// </summary>
    public string? CacheSalt { get; init; }

    /// <summary>
    /// Tokens whose log-probabilities every event reports (<see cref="TokenEvent.WatchedLogprobs"/>); ids of the vocabulary.
    /// </summary>
    public IReadOnlyList<int> WatchedTokens { get; init; } = [];

    /// <summary>
    /// Told every generated token on the step loop; true ends the request behind it with <see cref="FinishReason.Until"/>. Quick, and
    /// throws nothing.
    /// </summary>
    public Func<int, bool>? Until { get; init; }

    /// <summary>Go on after stop tokens: traces and benchmarks want a fixed number of tokens.</summary>
    public bool IgnoreStopTokens { get; init; }

    /// <summary>
    /// Most prompt rows of this request in one step; null leaves it to the engine. The result is the same bits for any value.
    /// </summary>
    public int? PrefillChunk { get; init; }

    /// <summary>Receives the inside of the request, or null.</summary>
    public IGenerationTrace? Trace { get; init; }

    /// <summary>Ends the request within one step.</summary>
    public CancellationToken CancellationToken { get; init; }
}
