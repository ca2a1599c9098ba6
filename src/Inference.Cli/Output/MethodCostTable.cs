using System.Globalization;
using System.Text.Json;
using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Methods;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>Costs of methods, for people and for scripts.</summary>
internal static class MethodCostTable
{
    public static void Print(Terminal terminal, IReadOnlyList<MethodCost> costs)
    {
        var table = new Table().RoundedBorder().AddColumn("method");
        foreach (var name in new[] { "prefill ×", "least to most", "token ×", "least to most", "image KV", "prompt KV" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var cost in costs)
        {
            table.AddRow(
                Markup.Escape($"{cost.Method.Name} {cost.Method.Settings}".TrimEnd()),
                Format(Medians.Of(cost.Prefill)), Range(cost.Prefill), Format(Medians.Of(cost.Token)), Range(cost.Token),
                Format(cost.ImageKv), Format(cost.PromptKv));
        }

        terminal.Console().Write(table);
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<MethodCost> costs)
    {
        json.WriteStartArray("methods");
        foreach (var cost in costs)
        {
            json.WriteStartObject();
            json.WriteString("name", cost.Method.Name);
            json.WriteString("settings", cost.Method.Settings);
            Ratios("prefill", cost.Prefill);
            Ratios("token", cost.Token);
            json.WriteNumber("image_kv", Math.Round(cost.ImageKv, 4));
            json.WriteNumber("prompt_kv", Math.Round(cost.PromptKv, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void Ratios(string name, IReadOnlyList<double> ratios)
        {
            json.WriteNumber(name, Math.Round(Medians.Of(ratios), 4));
            json.WriteStartArray($"{name}_rounds");
            foreach (var ratio in ratios)
            {
                json.WriteNumberValue(Math.Round(ratio, 4));
            }

            json.WriteEndArray();
        }
    }

    private static string Format(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range(IReadOnlyList<double> ratios) => $"{Format(ratios.Min())} to {Format(ratios.Max())}";
}
