using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Pictures;

namespace Inference.Cli.Options;

/// <summary><c>--show-scores FILE</c>: a picture of an answer with what probes say of its tokens.</summary>
internal sealed class ShowScoresOption
{
    private readonly Option<string?> _file = new("--show-scores")
    {
        HelpName = "FILE.svg",
        Description = "Draw the answer, its tokens shaded by the scores of --probe.",
    };

    /// <summary>Adds the option to a command that has <c>--probe</c>.</summary>
    public static ShowScoresOption AddTo(Command command)
    {
        var option = new ShowScoresOption();
        command.Options.Add(option._file);
        return option;
    }

    /// <summary>Checks that there will be something to draw.</summary>
    /// <exception cref="UsageException">No probe was asked for.</exception>
    public void Check(ParseResult parsed, ProbeQuestion? probes)
    {
        if (parsed.GetValue(_file) is not null && probes is null)
        {
            throw new UsageException("--show-scores: found no probe; allowed: together with --probe");
        }
    }

    /// <summary>Writes the picture, where one is wanted.</summary>
    public void Write(ParseResult parsed, Answer answer)
    {
        if (parsed.GetValue(_file) is { } file && answer.Probes is { } probes)
        {
            File.WriteAllText(file, ScoresPicture.Draw(probes, answer.Text));
        }
    }
}
