using System.Text.Json;
using Inference.Grounding.Evaluation;

namespace Inference.Cli.Output;

/// <summary>Scores as members of a JSON object.</summary>
internal static class ScoreJson
{
    private const int Decimals = 6;

    /// <summary>A number, or null where it is undefined.</summary>
    public static void WriteScore(this Utf8JsonWriter json, string name, double? score)
    {
        if (score is { } value)
        {
            json.WriteNumber(name, Math.Round(value, Decimals));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>An interval as <c>[low, high]</c>, or null where there is none.</summary>
    public static void WriteInterval(this Utf8JsonWriter json, string name, ConfidenceInterval? interval)
    {
        if (interval is not { } value)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        json.WriteNumberValue(Math.Round(value.Low, Decimals));
        json.WriteNumberValue(Math.Round(value.High, Decimals));
        json.WriteEndArray();
    }
}
