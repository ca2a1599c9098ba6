namespace Inference.Cli.Benchmarks.Methods;

/// <summary>What a method costs beside plain greedy decoding, in turns with it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Prefill">Time to the first token, ratios round by round.</param>
/// <param name="Token">Time a decoded token, ratios round by round.</param>
/// <param name="ImageKv">Share of the image's keys and values that is stored.</param>
/// <param name="PromptKv">Share of the whole prompt's.</param>
internal sealed record MethodCost(
    MethodCase Method, IReadOnlyList<double> Prefill, IReadOnlyList<double> Token, double ImageKv, double PromptKv);
