using System.Globalization;
using System.Text.Json;
using Inference.Grounding.Verification;

namespace Inference.Cli.Output;

/// <summary>Verdicts on claims, for people and for scripts.</summary>
internal static class ClaimOutput
{
    /// <summary><c>claims</c>: <c>text, question, yes, mass, rejected</c>, and <c>start</c> where the claim was found in a text.</summary>
    public static void WriteClaims(this Utf8JsonWriter json, IReadOnlyList<ClaimVerdict> verdicts)
    {
        json.WriteStartArray("claims");
        foreach (var verdict in verdicts)
        {
            json.WriteStartObject();
            json.WriteString("text", verdict.Claim.Text);
            json.WriteString("question", verdict.Claim.Question);
            json.WriteNumber("yes", verdict.Yes);
            json.WriteNumber("mass", verdict.Mass);
            json.WriteBoolean("rejected", verdict.IsRejected);
            if (verdict.Claim.Start is { } start)
            {
                json.WriteNumber("start", start);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One line a claim on standard output.</summary>
    public static void PrintClaims(this Terminal terminal, IReadOnlyList<ClaimVerdict> verdicts)
    {
        foreach (var line in verdicts.Select(Describe))
        {
            terminal.Out.WriteLine(line);
        }
    }

    /// <summary>One quiet line a claim behind an answer.</summary>
    public static void NoteClaims(this Terminal terminal, IReadOnlyList<ClaimVerdict> verdicts)
    {
        foreach (var line in verdicts.Select(Describe))
        {
            terminal.Note(line);
        }
    }

    private static string Describe(ClaimVerdict verdict)
    {
        var word = verdict.IsRejected ? "no " : "yes";
        return string.Create(CultureInfo.InvariantCulture, $"{word} {verdict.Yes:0.000}  {verdict.Claim.Text}");
    }
}
