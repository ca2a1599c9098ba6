using System.CommandLine;
using Inference.Decoding.Layers;

namespace Inference.Cli.Options;

/// <summary>
/// <c>--strategy NAME</c> and <c>--set KEY=VALUE</c>: how tokens are scored. Names are checked at once, values when the model is known.
/// </summary>
internal sealed class StrategyOptions
{
    private readonly Option<string?> _name = new("--strategy")
    {
        HelpName = "NAME",
        Description = "Score tokens from intermediate layers: "
            + $"{string.Join(", ", StrategyRegistry.All.Select(strategy => strategy.Name))}; see glassbox strategies.",
    };

    private readonly Option<string[]> _settings = new("--set")
    {
        HelpName = "KEY=VALUE",
        Description = "A setting of the strategy; repeat for several. Lists with commas; prior=@FILE takes what importance estimate saved.",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_settings);
    }

    /// <summary>What was asked for, or null.</summary>
    /// <exception cref="UsageException">There is no such strategy, or it has no such setting.</exception>
    public StrategyChoice? Read(ParseResult parsed)
    {
        var settings = parsed.GetValue(_settings)!;
        if (parsed.GetValue(_name) is not { } name)
        {
            return settings.Length == 0
                ? null
                : throw new UsageException($"--set: found {settings[0]} without --strategy; allowed: with one");
        }

        try
        {
            var choice = StrategyChoice.Parse(name, settings);
            StrategyRegistry.CheckNames(choice);
            return choice;
        }
        catch (StrategyException problem)
        {
            throw new UsageException(
                problem.Field is StrategyException.NameField or StrategyException.SettingsField
                    ? $"--{problem.Message}"
                    : $"--set {problem.Message}");
        }
    }
}
