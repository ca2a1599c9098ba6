using Inference.Compute;

namespace Inference.Engine;

/// <summary>Bounds of the engine. Every buffer is sized by them at the start.</summary>
public sealed record EngineOptions
{
    /// <summary>Rows of one step: decode rows and prefill chunks together.</summary>
    public int StepRows { get; init; } = 256;

    /// <summary>Sequences that run at once, companions of strategies included; with 1, that one may have a companion.</summary>
    public int MaxSequences { get; init; } = 64;

    /// <summary>
    /// Rows of one step whose logits are wanted; never below <see cref="MaxSequences"/>. A traced request wants those of every prompt row
    /// that it reports.
    /// </summary>
    public int MaxOutputs { get; init; }

    /// <summary>
    /// Rows of intermediate layers that one step may project (<see cref="Models.Decoders.LensPlan"/>), of all sequences together; never
    /// below those of one request that reads every layer. Requests wait until there is room for theirs.
    /// </summary>
    public int MaxLensRows { get; init; } = 256;

    /// <summary>Requests that may wait for a place, per model.</summary>
    public int MaxQueue { get; init; } = 256;

    /// <summary>Tokens of one sequence; the model's own limit where it is lower.</summary>
    public int ContextLength { get; init; } = 4096;

    /// <summary>How keys and values are held: F32, or BF16, which halves their bytes and rounds each once.</summary>
    public NumberFormat KvFormat { get; init; } = NumberFormat.F32;

    /// <summary>Bytes of KV pages per model. At least one sequence of full context always fits.</summary>
    public long KvBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Bytes of KV pages per model that may be kept for requests with the same beginning, after those that computed them have ended; 0
    /// shares nothing. Running requests get them back when they need them, so that the default, all of <see cref="KvBytes"/>, costs nobody
    /// anything.
    /// </summary>
    public long PrefixCacheBytes { get; init; } = long.MaxValue;

    /// <summary>A batch request lets online requests pass that arrive up to this long after it.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Prompt rows of pruned requests that may wait between stages at once, per model; never below <see cref="ContextLength"/>.
    /// </summary>
    public int BoundaryRows { get; init; } = 8192;

    /// <summary>
    /// How long prompts and images may keep those waiting who stream: this many times a step that only decodes, between two of their
    /// tokens. Prompts and images of others go on in as small parts as that takes; when nobody streams they go in whole steps.
    /// </summary>
    public double StreamStall { get; init; } = 1.25;

    /// <summary>What steps are measured by for <see cref="StreamStall"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Unread tokens after which a sequence pauses.</summary>
    public int UnreadTokens { get; init; } = 256;

    /// <summary>How long a paused sequence waits for its reader before it is ended.</summary>
    public TimeSpan SlowReaderTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
