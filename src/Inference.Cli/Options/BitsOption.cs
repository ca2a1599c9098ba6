using System.CommandLine;
using System.Globalization;
using Inference.Models.Quantization;

namespace Inference.Cli.Options;

/// <summary><c>--bits auto:avg=N</c>: four or eight bits for every block of the decoder.</summary>
internal static class BitsOption
{
    private const string Form = "auto:avg=";

    /// <summary>The average of the integers' bits; null without the option.</summary>
    public static Option<double?> Create() => new("--bits")
    {
        HelpName = "auto:avg=N",
        Description = "Hold the most important blocks of the decoder in 8 bits and the others in 4, N on average; " +
            "important by the distribution of their weights (ZD), or by --importance.",
        CustomParser = result =>
        {
            if (result.Tokens is [var token])
            {
                var text = token.Value;
                if (text.StartsWith(Form, StringComparison.Ordinal)
                    && double.TryParse(text.AsSpan(Form.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var average)
                    && average is >= QuantizationPlan.LeastBits and <= QuantizationPlan.MostBits)
                {
                    return average;
                }

                result.AddError(
                    $"--bits: found '{text}'; allowed: auto:avg=N with N from {QuantizationPlan.LeastBits} to {QuantizationPlan.MostBits}");
            }

            return null;
        },
    };
}
