using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Pictures;
using Inference.Models.Imaging.Formats;

namespace Inference.Cli.Options;

/// <summary><c>--show-kept FILE</c>: a picture of the parts of an image that survive each stage.</summary>
internal sealed class ShowKeptOption
{
    private readonly Option<string?> _file = new("--show-kept")
    {
        HelpName = "FILE.png",
        Description = "Draw which parts of the image remain after --reduce and each stage of --prune; with a model in this process.",
    };

    /// <summary>Adds the option to a command.</summary>
    public static ShowKeptOption AddTo(Command command)
    {
        var option = new ShowKeptOption();
        command.Options.Add(option._file);
        return option;
    }

    /// <summary>Whether a picture is wanted.</summary>
    /// <exception cref="UsageException">Nothing is dropped, or a server answers.</exception>
    public bool Wanted(ParseResult parsed, bool drops, bool isLocal)
    {
        if (parsed.GetValue(_file) is null)
        {
            return false;
        }

        return !drops ? throw new UsageException("--show-kept: found nothing that drops rows; allowed: together with --prune or --reduce")
            : !isLocal ? throw new UsageException("--show-kept: found --server; allowed: with a model in this process")
            : true;
    }

    /// <summary>Writes the picture, where one is wanted and there is an image.</summary>
    public void Write(ParseResult parsed, IEnumerable<Answer> answers)
    {
        if (parsed.GetValue(_file) is { } file && answers.SelectMany(answer => answer.Panels).ToList() is { Count: > 0 } panels)
        {
            File.WriteAllBytes(file, PngEncoder.Encode(KeptPicture.Draw(panels)));
        }
    }
}
