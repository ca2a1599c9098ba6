using System.CommandLine;
using System.Globalization;
using Inference.Decoding.Speculation;
using Inference.Grounding.Answers;

namespace Inference.Cli.Options;

/// <summary><c>--speculate</c>: tokens are guessed ahead and checked together.</summary>
internal static class SpeculateOption
{
    private const string Name = "--speculate";
    private const string Ngram = "ngram";

    /// <summary>Adds the option to a command.</summary>
    public static Option<string?> AddTo(Command command)
    {
        var option = new Option<string?>(Name)
        {
            HelpName = "ngram[=K]",
            Description = "Guess up to K tokens (4) by what followed the last ones before, and check them in one step: the same answer, "
                + "sooner where it repeats.",
        };
        command.Options.Add(option);
        return option;
    }

    /// <summary>What was asked for, or null.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static SpeculationOptions? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, count) = equals < 0 ? (text, (string?)null) : (text[..equals], text[(equals + 1)..]);
        var options = new SpeculationOptions();
        if (name == Ngram && count is null)
        {
            return options;
        }

        return name == Ngram && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens)
            && tokens is >= 1 and <= SpeculationOptions.MostDraftTokens
            ? options with { DraftTokens = tokens }
            : throw new UsageException(
                $"{Name}: found '{text}'; allowed: {Ngram}, or {Ngram}=K with K from 1 to {SpeculationOptions.MostDraftTokens}");
    }

    /// <summary>Refuses what guesses cannot be combined with.</summary>
    /// <exception cref="UsageException">There is such a thing.</exception>
    public static void Check(AnswerOptions options)
    {
        if (options is { Speculation: not null } and not { Sampling: { IsGreedy: true, Strategy: null }, Probes.Count: 0, Guard: null })
        {
            throw new UsageException($"{Name}: found sampling, a strategy, probes or a guard; allowed: greedy decoding without them");
        }
    }
}
