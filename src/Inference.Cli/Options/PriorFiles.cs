using Inference.Decoding.Layers;
using Inference.Grounding.Importance;

namespace Inference.Cli.Options;

/// <summary><c>@FILE</c> as a value of <c>--set</c>: a layer prior that <c>importance estimate</c> saved.</summary>
internal static class PriorFiles
{
    /// <summary>Whether a file is named.</summary>
    public static bool Any(StrategyChoice? choice) => choice is not null && choice.Settings.Values.Any(IsFile);

    /// <summary>The choice with the numbers of the files.</summary>
    /// <param name="choice">What was asked for, or null.</param>
    /// <param name="fingerprint">Of the model that is asked.</param>
    /// <exception cref="Grounding.Evaluation.EvaluationException">A file is no prior, or one of another model.</exception>
    public static StrategyChoice? Expand(StrategyChoice? choice, string fingerprint) => !Any(choice) ? choice : PriorNames.Resolve(
        choice,
        choice!.Settings.Values.Where(IsFile).Distinct().ToDictionary(
            value => value, value => Load(value[1..], fingerprint), StringComparer.Ordinal));

    private static LayerPrior Load(string path, string fingerprint) => ImportanceFile.Load(path).For(Path.GetFileName(path), fingerprint);

    private static bool IsFile(string value) => value.StartsWith('@');
}
