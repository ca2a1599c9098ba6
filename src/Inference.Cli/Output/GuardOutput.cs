using System.Globalization;
using System.Text.Json;
using Inference.Grounding.Guard;

namespace Inference.Cli.Output;

/// <summary>What a guard did, for people and for scripts.</summary>
internal static class GuardOutput
{
    /// <summary><c>guard: {sentences, discarded_tokens, exhausted}</c>; nothing without one.</summary>
    public static void WriteGuard(this Utf8JsonWriter json, GuardReport? report)
    {
        if (report is null)
        {
            return;
        }

        json.WriteStartObject("guard");
        json.WriteStartArray("sentences");
        foreach (var segment in report.Segments)
        {
            Write(json, segment);
        }

        json.WriteEndArray();
        json.WriteNumber("discarded_tokens", report.DiscardedTokens);
        json.WriteBoolean("exhausted", report.IsExhausted);
        json.WriteEndObject();
    }

    /// <summary>One quiet line for each sentence that was over the threshold.</summary>
    public static void NoteGuard(this Terminal terminal, GuardReport? report)
    {
        foreach (var segment in report?.Segments ?? [])
        {
            if (segment.Outcome != SegmentOutcome.Accepted)
            {
                terminal.Note(Describe(segment));
                terminal.NoteClaims(segment.Claims);
            }
        }
    }

    private static string Describe(SegmentVerdict segment)
    {
        var score = string.Create(CultureInfo.InvariantCulture, $"{segment.Score:0.000}");
        return segment.Outcome switch
        {
            SegmentOutcome.Replaced => string.Create(
                CultureInfo.InvariantCulture,
                $"guard replaced '{segment.Rejected!.Trim()}' ({segment.RejectedScore:0.000}) by '{segment.Text.Trim()}' ({score})"),
            SegmentOutcome.Removed => $"guard ended the answer before '{segment.Text.Trim()}' ({score})",
            _ => $"guard flags '{segment.Text.Trim()}' ({score})",
        };
    }

    private static void Write(Utf8JsonWriter json, SegmentVerdict segment)
    {
        json.WriteStartObject();
        json.WriteNumber("index", segment.Index);
        json.WriteNumber("first_token", segment.FirstToken);
        json.WriteNumber("tokens", segment.Tokens);
        json.WriteString("text", segment.Text);
        WriteScore(json, "score", segment.Score);
        json.WriteString("outcome", segment.Outcome.ToString().ToLowerInvariant());
        json.WriteNumber("alternatives", segment.Alternatives);
        if (segment.Rejected is { } rejected)
        {
            json.WriteString("rejected_text", rejected);
            WriteScore(json, "rejected_score", segment.RejectedScore);
        }

        if (segment.Claims.Count > 0)
        {
            json.WriteClaims(segment.Claims);
        }

        json.WriteEndObject();
    }

    private static void WriteScore(Utf8JsonWriter json, string name, double? score)
    {
        if (score is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
