using System.CommandLine;
using Inference.Decoding.Pruning;

namespace Inference.Cli.Options;

/// <summary><c>--prune layer:keep,…</c> and <c>--positions reindex|keep</c>.</summary>
internal sealed class PruningOptions
{
    private readonly Option<string?> _plan = new("--prune")
    {
        HelpName = "LAYER:KEEP,…",
        Description = 
            "Drop image rows inside the decoder: 8:.5,16:.25 keeps half before block 8 and a quarter of the original before block 16.",
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

    private PruningOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static PruningOptions AddTo(Command command)
    {
        var options = new PruningOptions();
        command.Options.Add(options._plan);
        command.Options.Add(options._positions);
        command.Validators.Add(result =>
        {
            if (result.GetValue(options._plan) is not { } text)
            {
                if (result.GetResult(options._positions) is { Implicit: false })
                {
                    result.AddError("--positions: found no plan; allowed: together with --prune");
                }

                return;
            }

            try
            {
                PruningPlan.Parse(text, PositionPolicy.Reindex);
            }
            catch (PruningException failure)
            {
                result.AddError($"--prune: {failure.Message}");
            }
        });
        return options;
    }

    /// <summary>What was asked for, or null.</summary>
    public PruningPlan? Read(ParseResult parsed) =>
        parsed.GetValue(_plan) is { } text ? PruningPlan.Parse(text, parsed.GetValue(_positions)) : null;
}
