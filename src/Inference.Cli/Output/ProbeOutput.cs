using System.Globalization;
using System.Text;
using System.Text.Json;
using Inference.Cli.Assistants;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>What probes say of answers.</summary>
internal static class ProbeOutput
{
    /// <summary><c>probes: {tokens, spans, sentences}</c>; nothing where none was asked for.</summary>
    public static void WriteProbes(this Utf8JsonWriter json, AnswerProbes? probes)
    {
        if (probes is null)
        {
            return;
        }

        json.WriteStartObject("probes");
        json.WriteStartArray("tokens");
        foreach (var token in probes.Tokens)
        {
            foreach (var score in token.Scores)
            {
                json.WriteStartObject();
                json.WriteNumber("index", token.Index);
                json.WriteString("text", token.Text);
                json.WriteString("probe", score.Probe);
                json.WriteNumber("layer", score.Layer);
                json.WriteNumber("logit", score.Logit);
                json.WriteNumber("probability", score.Probability);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        WriteTexts(json, "spans", probes.Spans);
        WriteTexts(json, "sentences", probes.Sentences);
        json.WriteEndObject();
    }

    /// <summary>On standard error: the text coloured by score where somebody watches, and the words that are flagged.</summary>
    public static void NoteProbes(this Terminal terminal, IReadOnlyList<Answer> answers)
    {
        foreach (var probes in answers.Select(answer => answer.Probes).OfType<AnswerProbes>())
        {
            if (terminal.IsErrorInteractive)
            {
                foreach (var probe in probes.Tokens.SelectMany(token => token.Scores).Select(score => score.Probe).Distinct())
                {
                    terminal.ErrorConsole().MarkupLine($"[grey]{probe}:[/] {Coloured(probes.Tokens, probe)}");
                }
            }

            foreach (var span in probes.Spans)
            {
                var (score, text) = (span.Scores[0], span.Text);
                terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{score.Probe} flags '{text}' ({score.Probability:0.00})"));
            }
        }
    }

    private static string Coloured(IReadOnlyList<AnswerScoredToken> tokens, string probe)
    {
        var line = new StringBuilder();
        foreach (var token in tokens)
        {
            var text = Markup.Escape(token.Text.ReplaceLineEndings(" "));
            var score = token.Scores.Where(score => score.Probe == probe).Select(score => (float?)score.Probability).FirstOrDefault();
            line.Append(score is { } probability && text.Length > 0 ? $"[{Colour(probability)}]{text}[/]" : text);
        }

        return line.ToString();
    }

    // From green over yellow to red.
    private static string Colour(float probability)
    {
        var (red, green) = (255 * Math.Min(1, 2 * probability), 210 * Math.Min(1, 2 - (2 * probability)));
        return string.Create(CultureInfo.InvariantCulture, $"rgb({(int)red},{(int)green},60)");
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<AnswerScoredText> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStartObject();
            json.WriteNumber("first_token", text.FirstToken);
            json.WriteNumber("end_token", text.EndToken);
            json.WriteString("text", text.Text);
            json.WriteStartArray("scores");
            foreach (var score in text.Scores)
            {
                json.WriteStartObject();
                json.WriteString("probe", score.Probe);
                json.WriteNumber("scored_tokens", score.ScoredTokens);
                json.WriteNumber("logit", score.Logit);
                json.WriteNumber("probability", score.Probability);
                json.WriteNumber("max_probability", score.Max);
                json.WriteNumber("mean_probability", score.Mean);
                json.WriteBoolean("flagged", score.IsFlagged);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
