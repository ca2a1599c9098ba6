using System.CommandLine;
using System.Globalization;
using Inference.Cli.Assistants;
using Inference.Grounding.CycleConsistency;

namespace Inference.Cli.Options;

/// <summary><c>--candidates</c>, <c>--candidate</c>, <c>--rank</c> and <c>--listener</c>: several descriptions to choose from.</summary>
internal sealed class CandidateOptions
{
    private const string LayersPrefix = "layers=";

    // The default of servers; more regions and candidates than this are better asked for in several calls.
    private const int MostCandidates = 16;

    private readonly Option<string?> _candidates = new("--candidates")
    {
        HelpName = "K|layers=L,…",
        Description = "Describe each region K times by chance, or once for each layer that is subtracted; "
            + "locate each text again and answer with the best.",
    };

    private readonly Option<string[]> _candidate = new("--candidate")
    {
        HelpName = "STRATEGY[:KEY=VALUE…]",
        Description = "A candidate by a strategy with settings, or by sample[:temperature=X:seed=N:top-k=K:top-p=X:min-p=X]; "
            + "repeat for several.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _rank = new("--rank")
    {
        HelpName = "iou|iou-share-confidence|iou-share-likelihood",
        Description = "Score of a candidate: overlap of region and located box (default); its share times the listener's confidence, "
            + "or the text's likelihood.",
    };

    private readonly Option<string?> _listener = new("--listener")
    {
        HelpName = "NAME|DIR",
        Description = "The model that locates candidates: a model of the server, or a folder; without it the model that describes.",
    };

    private CandidateOptions() => _rank.AcceptOnlyFromAmong("iou", "iou-share-confidence", "iou-share-likelihood");

    /// <summary>Adds the options to a command.</summary>
    public static CandidateOptions AddTo(Command command)
    {
        var options = new CandidateOptions();
        command.Options.Add(options._candidates);
        command.Options.Add(options._candidate);
        command.Options.Add(options._rank);
        command.Options.Add(options._listener);
        return options;
    }

    /// <summary>What was asked for, or null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="isRemote">Whether a server is asked.</param>
    /// <exception cref="UsageException">Something of it cannot be meant.</exception>
    public CandidateQuestion? Read(ParseResult parsed, bool isRemote)
    {
        var (samples, layers) = ReadCandidates(parsed.GetValue(_candidates));
        CandidateSource[] sources = [.. parsed.GetValue(_candidate)!.Select(CandidateText.Parse)];
        var count = sources.Length + samples + layers.Length;
        if (count > MostCandidates)
        {
            throw new UsageException($"--candidates: found {count} candidates; allowed: up to {MostCandidates}");
        }

        if (count > 0)
        {
            return new CandidateQuestion(sources, samples, layers, Ranking(parsed), Listener(parsed, isRemote));
        }

        return parsed.GetValue(_rank) is null && parsed.GetValue(_listener) is null
            ? null
            : throw new UsageException("--rank, --listener: found no candidates; allowed: together with --candidates or --candidate");
    }

    /// <summary>Folder of a second model to load, where no server is asked; or null.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_listener);

    private string Listener(ParseResult parsed, bool isRemote) => parsed.GetValue(_listener) is not { } listener ? ""
        : isRemote ? listener
        : LocalAssistant.ListenerName;

    private CandidateRanking Ranking(ParseResult parsed) => parsed.GetValue(_rank) switch
    {
        "iou-share-confidence" => CandidateRanking.IouShareConfidence,
        "iou-share-likelihood" => CandidateRanking.IouShareLikelihood,
        _ => CandidateRanking.Iou,
    };

    private static (int Samples, int[] Layers) ReadCandidates(string? text)
    {
        if (text is null)
        {
            return (0, []);
        }

        var isList = text.StartsWith(LayersPrefix, StringComparison.Ordinal);
        var parts = isList ? text[LayersPrefix.Length..].Split(',') : [text];
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])
                || (!isList && numbers[i] is < 1 or > MostCandidates))
            {
                throw new UsageException(
                    $"--candidates: found '{text}'; allowed: 1 to {MostCandidates}, or layers= and layers with commas");
            }
        }

        return isList ? (0, numbers) : (numbers[0], []);
    }
}
