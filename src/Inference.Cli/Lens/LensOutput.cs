using System.Text.Json;
using Inference.Cli.Output;
using Spectre.Console;

namespace Inference.Cli.Lens;

/// <summary>The lens as a table and as JSON.</summary>
internal static class LensOutput
{
    private const int Decimals = 6;

    /// <summary>A row a token, a column a layer.</summary>
    public static void Print(Terminal terminal, LensResult result)
    {
        var table = new Table().RoundedBorder().AddColumn("generated");
        for (var layer = 0; layer < result.Layers; layer++)
        {
            table.AddColumn($"{layer}");
        }

        for (var step = 0; step < result.Steps.Count; step++)
        {
            table.AddRow([
                Markup.Escape(result.Spell(result.Generated[step]).Trim()),
                .. result.Steps[step].Select(layer => Markup.Escape($"{result.Spell(layer[0].Id).Trim()} {100 * layer[0].Probability:F0}")),
            ]);
        }

        terminal.LineConsole().Write(table);
        terminal.Note($"best token and its probability in percent; 0 the embeddings, {result.Layers - 1} what the token is chosen from");
    }

    /// <summary>Everything.</summary>
    public static void Write(Utf8JsonWriter json, LensResult result)
    {
        json.WriteString("text", result.Text);
        json.WriteNumbers("token_ids", result.Generated.Select(id => (long)id));
        json.WriteNumber("layers", result.Layers);
        json.WriteStartArray("steps");
        for (var step = 0; step < result.Steps.Count; step++)
        {
            json.WriteStartObject();
            json.WriteNumber("token_id", result.Generated[step]);
            json.WriteString("token", result.Spell(result.Generated[step]));
            json.WriteStartArray("layers");
            foreach (var layer in result.Steps[step])
            {
                json.WriteStartArray();
                foreach (var token in layer)
                {
                    json.WriteStartObject();
                    json.WriteNumber("token_id", token.Id);
                    json.WriteString("token", result.Spell(token.Id));
                    json.WriteNumber("probability", Math.Round(token.Probability, Decimals));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
