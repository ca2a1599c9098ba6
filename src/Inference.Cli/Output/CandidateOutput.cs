using System.Globalization;
using System.Text.Json;
using Inference.Cli.Assistants;

namespace Inference.Cli.Output;

/// <summary>The candidates that descriptions were chosen from.</summary>
internal static class CandidateOutput
{
    private const int Decimals = 6;

    /// <summary><c>candidate, score, candidates</c>; nothing where there were none.</summary>
    public static void WriteCandidates(this Utf8JsonWriter json, AnswerCandidates? candidates)
    {
        if (candidates is null)
        {
            return;
        }

        json.WriteNumber("candidate", candidates.Winner);
        json.WriteNumber("score", Math.Round(candidates.All[candidates.Winner].Score, Decimals));
        json.WriteStartArray("candidates");
        foreach (var candidate in candidates.All)
        {
            Write(json, candidate);
        }

        json.WriteEndArray();
    }

    /// <summary>The candidates of every region in their order, the chosen one marked, on standard error.</summary>
    public static void NoteCandidates(this Terminal terminal, IReadOnlyList<Answer> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Candidates is not { } candidates)
            {
                continue;
            }

            if (answers.Count > 1)
            {
                terminal.Note($"region {i + 1}:");
            }

            for (var c = 0; c < candidates.All.Count; c++)
            {
                terminal.Note(Describe(candidates.All[c], c == candidates.Winner));
            }
        }
    }

    private static string Describe(AnswerCandidate candidate, bool isWinner)
    {
        var where = candidate.Located is { } found
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{RegionStream.Format(found.Box)} IoU {candidate.Iou:0.00} confidence {found.Confidence:0.00}")
            : "not located";
        var how = candidate.Strategy ?? (candidate.Temperature > 0 ? $"seed {candidate.Seed}" : "greedy");
        if (candidate.Settings?.GetValueOrDefault("layer") is { } layer)
        {
            how = $"{how} {layer}";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(isWinner ? "*" : " ")} {candidate.Score:0.000}  {how,-12}  \"{candidate.Text}\"  {where}");
    }

    private static void Write(Utf8JsonWriter json, AnswerCandidate candidate)
    {
        json.WriteStartObject();
        json.WriteString("text", candidate.Text);
        json.WriteNumber("completion_tokens", candidate.CompletionTokens);
        if (candidate.Located is { } found)
        {
            json.WriteBox("box", found.Box);
            json.WriteNumber("confidence", Math.Round(found.Confidence, Decimals));
        }
        else
        {
            json.WriteNull("box");
            json.WriteNull("confidence");
        }

        json.WriteNumber("iou", Math.Round(candidate.Iou, Decimals));
        json.WriteNumber("score", Math.Round(candidate.Score, Decimals));
        json.WriteString("strategy", candidate.Strategy);
        if (candidate.Settings is { } settings)
        {
            json.WriteStartObject("settings");
            foreach (var (key, value) in settings)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        json.WriteNumber("temperature", candidate.Temperature);
        json.WriteNumber("seed", candidate.Seed);
        json.WriteEndObject();
    }
}
