using System.CommandLine;
using Inference.Cli.Assistants;

namespace Inference.Cli.Options;

/// <summary><c>--probe FILE</c> as often as wanted, <c>--false-positive-rate R</c>.</summary>
internal sealed class ProbeOptions
{
    private readonly Option<string[]> _probes = new("--probe")
    {
        HelpName = "FILE",
        Description =
            "Score every token with this probe: a file, or the name of one in the folder probes beside the model; repeat for several. "
            + "With --server the name of one of its probes.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<double?> _rate = new("--false-positive-rate")
    {
        HelpName = "R",
        Description = "Flag words by the probes' threshold that is passed wrongly this often, such as 0.05.",
    };

    private ProbeOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static ProbeOptions AddTo(Command command)
    {
        var options = new ProbeOptions();
        command.Options.Add(options._probes);
        command.Options.Add(options._rate);
        command.Validators.Add(result =>
        {
            if (result.GetValue(options._probes) is not { Length: > 0 } && result.GetResult(options._rate) is { Implicit: false })
            {
                result.AddError("--false-positive-rate: found no probe; allowed: together with --probe");
            }
        });
        return options;
    }

    /// <summary>What was asked for, or null.</summary>
    public ProbeQuestion? Read(ParseResult parsed) =>
        parsed.GetValue(_probes) is { Length: > 0 } probes ? new ProbeQuestion(probes, parsed.GetValue(_rate)) : null;
}
