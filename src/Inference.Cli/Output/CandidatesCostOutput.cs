using System.Globalization;
using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Methods;

namespace Inference.Cli.Output;

/// <summary>The cost of candidates, for people and for scripts.</summary>
internal static class CandidatesCostOutput
{
    public static void Print(Terminal terminal, string model, string backend, CandidatesCost cost, bool asJson)
    {
        if (!asJson)
        {
            var (least, most) = (cost.Ratios.Min(), cost.Ratios.Max());
            terminal.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{cost.Candidates} candidates and their listener: {Medians.Of(cost.All):0.00} s, ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Medians.Of(cost.Ratios):0.00} × one description ({least:0.00} to {most:0.00})"));
            return;
        }

        Json.Print(terminal, writer =>
        {
            writer.WriteString("model", model);
            writer.WriteString("backend", backend);
            writer.WriteNumber("candidates", cost.Candidates);
            writer.WriteNumber("one_seconds", Math.Round(Medians.Of(cost.One), 4));
            writer.WriteNumber("all_seconds", Math.Round(Medians.Of(cost.All), 4));
            writer.WriteNumber("ratio", Math.Round(Medians.Of(cost.Ratios), 4));
            writer.WriteStartArray("ratio_rounds");
            foreach (var ratio in cost.Ratios)
            {
                writer.WriteNumberValue(Math.Round(ratio, 4));
            }

            writer.WriteEndArray();
        });
    }
}
