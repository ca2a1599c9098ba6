using System.Globalization;
using Inference.Cli.Assistants;

namespace Inference.Cli.Output;

/// <summary>The quiet line after an answer.</summary>
internal static class AnswerNotes
{
    /// <summary>Usage and timings on standard error.</summary>
    public static void NoteAnswer(this Terminal terminal, Answer answer) => terminal.Note(Describe(answer));

    /// <summary>The same of answers that were made side by side.</summary>
    public static void NoteAnswers(this Terminal terminal, IReadOnlyList<Answer> answers) => terminal.NoteAnswer(answers[0] with
    {
        Usage = new AnswerUsage(
            answers.Sum(answer => answer.Usage.PromptTokens),
            answers.Max(answer => answer.Usage.ImageTokens),
            answers.Sum(answer => answer.Usage.CompletionTokens))
        {
            CachedTokens = answers.Sum(answer => answer.Usage.CachedTokens),
        },
        Timings = new AnswerTimings(
            answers.Max(answer => answer.Timings.Queue),
            answers.Max(answer => answer.Timings.Encode),
            answers.Max(answer => answer.Timings.Prefill),
            answers.Max(answer => answer.Timings.Decode)),
    });

    /// <summary>Usage and timings in one line.</summary>
    public static string Describe(Answer answer)
    {
        var (usage, timings) = (answer.Usage, answer.Timings);
        List<string> parts = [$"{usage.PromptTokens} prompt tokens ({usage.ImageTokens} of images)", $"{usage.CompletionTokens} generated"];
        if (usage.CachedTokens > 0)
        {
            parts.Insert(1, $"{usage.CachedTokens} of them cached");
        }

        if (usage.Speculation is { } speculation)
        {
            parts.Add($"{speculation.AcceptedTokens} of {speculation.DraftedTokens} guesses right");
        }

        if (timings.Encode > TimeSpan.Zero)
        {
            parts.Add($"encode {Time(timings.Encode)}");
        }

        parts.Add($"prefill {Time(timings.Prefill)}");
        parts.Add($"decode {Time(timings.Decode)}");
        if (usage.CompletionTokens > 1 && timings.Decode > TimeSpan.Zero)
        {
            parts.Add(Invariant($"{(usage.CompletionTokens - 1) / timings.Decode.TotalSeconds:0} tokens/s"));
        }

        return string.Join(" · ", parts);
    }

    /// <summary>A time for people.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds >= 1
        ? Invariant($"{time.TotalSeconds:0.00} s")
        : Invariant($"{time.TotalMilliseconds:0.0} ms");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
