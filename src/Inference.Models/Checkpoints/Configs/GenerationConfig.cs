namespace Inference.Models.Checkpoints;

/// <summary>
/// The content of generation_config.json: defaults of a request. Values the file does not state are null (or empty), so that whoever
/// samples decides; settings that change the output and are not implemented have been refused.
/// </summary>
public sealed record GenerationConfig
{
    /// <summary>Any of these ends a text.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    public int? BosTokenId { get; init; }

    public int? PadTokenId { get; init; }

    /// <summary>False: greedy, whatever the sampling values say.</summary>
    public bool DoSample { get; init; }

    public float? Temperature { get; init; }

    /// <summary>0 keeps all tokens.</summary>
    public int? TopK { get; init; }

    public float? TopP { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    public int? MaxNewTokens { get; init; }

    /// <summary>Keys that were neither used nor known to be without effect; worth a warning.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];
}
