using System.CommandLine;
using Inference.Decoding.Pruning;
using Inference.Grounding.Calibration;
using Inference.Models.Vision;

namespace Inference.Cli.Options;

/// <summary>
/// <c>--prune</c>, <c>--positions</c>, <c>--ranking</c>, <c>--ranking-seed</c> and <c>--reduce</c>: which image rows are dropped.
/// </summary>
internal sealed class PruningOptions
{
    private const string CalibratedPrefix = "calibrated:";

    private readonly Option<string?> _plan = new("--prune")
    {
        HelpName = "PLAN",
        Description =
            "Drop image rows inside the decoder. 8:.5,16:.25 keeps half before block 8 and a quarter of the original before block 16; "
            + "lambda:.5,stages=3, average:.25,stages=3 (a budget) and shifted-cosine:high=.85,low=.15 find the stages; "
            + "@FILE takes those of calibrate pruning, calibrated:NAME those that a server was given.",
    };

    private readonly Option<PositionPolicy> _positions = new("--positions")
    {
        HelpName = "reindex|keep",
        Description = "Positions of the rows that remain: renumbered after each stage (default), or the original ones.",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "reindex":
                    return PositionPolicy.Reindex;
                case "keep":
                    return PositionPolicy.Keep;
                default:
                    result.AddError($"--positions: found '{result.Tokens[0].Value}'; allowed: reindex, keep");
                    return default;
            }
        },
    };

    private readonly Option<string?> _ranking = new("--ranking")
    {
        HelpName = "NAME",
        Description = $"Which rows remain inside the decoder: {RankingRegistry.Names}; see glassbox rankings.",
    };

    private readonly Option<ulong?> _seed = CommonOptions.Number<ulong>("--ranking-seed", "N", "Key of random rankings; 0 without it.");

    private readonly Option<string?> _reduction = new("--reduce")
    {
        HelpName = "METHOD:KEEP",
        Description = $"Let fewer rows stand for an image before the prompt is built: {ReductionRegistry.Names}; divprune:.25 keeps a "
            + "quarter.",
    };

    private PruningOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static PruningOptions AddTo(Command command)
    {
        var options = new PruningOptions();
        Option[] beside = [options._positions, options._ranking, options._seed];
        command.Options.Add(options._plan);
        foreach (var option in beside)
        {
            command.Options.Add(option);
        }

        command.Options.Add(options._reduction);
        command.Validators.Add(result =>
        {
            if (result.GetValue(options._plan) is null
                && Array.Find(beside, option => result.GetResult(option) is { Implicit: false }) is { } alone)
            {
                result.AddError($"{alone.Name}: found no plan; allowed: together with --prune");
            }
        });
        return options;
    }

    /// <summary>What was asked for, or null.</summary>
    /// <exception cref="UsageException">It is no plan.</exception>
    public PruningChoice? Read(ParseResult parsed)
    {
        var (plan, reduction) = (parsed.GetValue(_plan), parsed.GetValue(_reduction));
        if (plan is null && reduction is null)
        {
            return null;
        }

        var choice = plan is null ? new PruningChoice() : Explain("--prune", () => ReadPlan(plan, parsed));
        return reduction is null ? choice : choice with { Reduction = Explain("--reduce", () => PruningChoice.ParseReduction(reduction)) };
    }

    // A calibrated plan says by itself which rows remain and where they stand.
    private PruningChoice ReadPlan(string text, ParseResult parsed)
    {
        if (text.StartsWith('@'))
        {
            return PruningFile.Read(text[1..]).Choice;
        }

        if (text.StartsWith(CalibratedPrefix, StringComparison.Ordinal))
        {
            return new PruningChoice { Calibrated = text[CalibratedPrefix.Length..] };
        }

        return new PruningChoice
        {
            Schedule = ScheduleText.Parse(text),
            Positions = parsed.GetValue(_positions),
            Ranking = RankingRegistry.Find(parsed.GetValue(_ranking) ?? ""),
            Seed = parsed.GetValue(_seed) ?? 0,
        };
    }

    private static T Explain<T>(string option, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (PruningException failure)
        {
            throw new UsageException($"{(failure.Field == "ranking" ? "--ranking" : option)}: {failure.Message}");
        }
    }
}
