using System.CommandLine;
using System.Globalization;
using Inference.Cli.Options;
using Inference.Decoding.Probes;
using Inference.Grounding.Probes.Training;

namespace Inference.Cli.Commands.Probes;

/// <summary>Options of <c>glassbox probe train</c>.</summary>
internal sealed class ProbeTrainOptions
{
    private readonly Option<string[]> _data = DataOption.Create();
    private readonly Option<string> _output =
        new("--out") { HelpName = "FILE", Required = true, Description = "The safetensors file to write." };

    private readonly Option<string?> _name =
        new("--name") { HelpName = "NAME", Description = "What requests call the probe; the file's name without its ending, without it." };

    private readonly Option<string?> _layers = LayersOption.Create("Layers to choose from; all that were collected without it.");

    private readonly Option<bool> _joint = new("--joint") { Description = "Read all the layers together instead of choosing one." };

    private readonly Option<string> _calibration = new("--calibration")
    {
        HelpName = "platt|isotonic",
        Description = "How raw scores become probabilities.",
        DefaultValueFactory = _ => "platt",
    };

    private readonly Option<string> _loss = new("--loss")
    {
        HelpName = "token|span-max",
        Description = "What is minimised: the loss of every token, or half that and half the loss of each span's largest score.",
        DefaultValueFactory = _ => "token",
    };

    private readonly Option<string?> _penalties =
        new("--l2") { HelpName = "X,Y,…", Description = "L2 penalties to choose from; 1e-2,1e-3,1e-4,1e-5 without it." };

    private readonly Option<string> _classes = new("--class-weight")
    {
        HelpName = "none|balanced",
        Description = "Whether both labels weigh the same in the loss; probabilities are calibrated to the data either way.",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<int?> _negatives =
        CommonOptions.Integer("--negatives", "N", "Most right spans to keep for each hallucinated one; 10 without it.", 1, 1_000_000);

    private readonly Option<bool> _moments =
        new("--moments") { Description = "Also report what mean and deviation over whole spans would reach." };

    private readonly Option<ulong?> _seed =
        CommonOptions.Number<ulong>("--seed", "N", "Seeds the folds and what is left out; 0 without it.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _calibration.AcceptOnlyFromAmong("platt", "isotonic");
        _loss.AcceptOnlyFromAmong("token", "span-max");
        _classes.AcceptOnlyFromAmong("none", "balanced");
        Option[] all = [_data, _output, _name, _layers, _joint, _calibration, _loss, _penalties, _classes, _negatives, _moments, _seed];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public (IReadOnlyList<string> Folders, string Output, ProbeTrainingOptions Training) Read(ParseResult parsed)
    {
        var output = parsed.GetValue(_output)!;
        var training = new ProbeTrainingOptions
        {
            Name = Name(parsed.GetValue(_name), output),
            Layers = LayersOption.Read(parsed, _layers),
            JoinsLayers = parsed.GetValue(_joint),
            Loss = parsed.GetValue(_loss) == "token" ? ProbeLoss.Token : ProbeLoss.SpanMax,
            Calibration = parsed.GetValue(_calibration) == "platt" ? CalibrationMethod.Platt : CalibrationMethod.Isotonic,
            BalancesClasses = parsed.GetValue(_classes) == "balanced",
            ComparesMoments = parsed.GetValue(_moments),
            Seed = parsed.GetValue(_seed) ?? 0,
        };
        training = parsed.GetValue(_negatives) is { } negatives ? training with { NegativesPerPositive = negatives } : training;
        training = parsed.GetValue(_penalties) is { } penalties ? training with { Penalties = Penalties(penalties) } : training;
        return (parsed.GetValue(_data)!, output, training);
    }

    private static string Name(string? given, string output)
    {
        var name = given ?? Path.GetFileNameWithoutExtension(output);
        try
        {
            Probe.CheckName(name);
            return name;
        }
        catch (ProbeException problem)
        {
            throw new UsageException($"--name: found '{problem.Found}'; allowed: {problem.Allowed}");
        }
    }

    private static List<double> Penalties(string text)
    {
        List<double> penalties = [];
        foreach (var part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var penalty)
                || !(penalty > 0 && penalty <= 1e6))
            {
                throw new UsageException($"--l2: found '{text}'; allowed: numbers above 0, separated by commas");
            }

            penalties.Add(penalty);
        }

        return penalties;
    }
}
