using Inference.Grounding.Guard;

namespace Inference.Cli.Assistants;

/// <summary>A guard that is asked for.</summary>
/// <param name="Probe">Scores sentences: a file, or a name where a server is asked; null scores them by their claims.</param>
/// <param name="FalsePositiveRate">Of the probe's threshold; null for the usual one.</param>
/// <param name="Options">Everything else.</param>
internal sealed record GuardQuestion(string? Probe, double? FalsePositiveRate, GuardOptions Options);
