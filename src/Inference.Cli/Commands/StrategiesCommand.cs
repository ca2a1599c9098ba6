using System.CommandLine;
using System.Text.Json;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Layers;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox strategies</c>: the decoding strategies there are, as they describe themselves.</summary>
internal static class StrategiesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new Command("strategies", "List the decoding strategies and their settings.") { json };
        command.SetAction(parsed =>
        {
            Json.Report(terminal, parsed.GetValue(json), Write, () => Print(terminal));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Terminal terminal)
    {
        foreach (var strategy in StrategyRegistry.All)
        {
            terminal.Out.WriteLine($"{strategy.Name}: {strategy.Summary}");
            terminal.Out.WriteLine($"    {strategy.Paper}");
            foreach (var setting in strategy.Settings)
            {
                terminal.Out.WriteLine(
                    $"    --set {setting.Name}={setting.Default}    ({setting.Type}; allowed: {setting.Allowed}) {setting.Summary}");
            }

            terminal.Out.WriteLine();
        }
    }

    private static void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("strategies");
        foreach (var strategy in StrategyRegistry.All)
        {
            json.WriteStartObject();
            json.WriteString("name", strategy.Name);
            json.WriteString("summary", strategy.Summary);
            json.WriteString("paper", strategy.Paper);
            json.WriteStartArray("settings");
            foreach (var setting in strategy.Settings)
            {
                json.WriteStartObject();
                json.WriteString("name", setting.Name);
                json.WriteString("type", setting.Type);
                json.WriteString("default", setting.Default);
                json.WriteString("allowed", setting.Allowed);
                json.WriteString("summary", setting.Summary);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
