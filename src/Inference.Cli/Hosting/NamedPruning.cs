using Inference.Decoding.Pruning;
using Inference.Grounding;
using Inference.Grounding.Calibration;

namespace Inference.Cli.Hosting;

/// <summary>A calibrated way to drop image rows and the name that requests use for it.</summary>
internal sealed record NamedPruning(string Name, PruningChoice Choice)
{
    private const string Option = "--pruning";

    /// <summary>Reads <c>NAME=FILE</c> pairs.</summary>
    /// <exception cref="UsageException">One is no such pair.</exception>
    /// <exception cref="PruningException">A file holds no stages.</exception>
    public static IReadOnlyList<NamedPruning> Read(IReadOnlyList<string> pairs) => [.. pairs.Select(pair =>
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new UsageException($"{Option}: found '{pair}'; allowed: NAME=FILE");
        }

        var (name, path) = (pair[..equals], pair[(equals + 1)..]);
        var choice = PruningFile.Read(path).Choice;
        return choice.Schedule is null
            ? throw new PruningException(path, "no stages", "at least one stage")
            : new NamedPruning(name, choice);
    })];

    /// <summary>Gives each to the models it was calibrated for.</summary>
    /// <exception cref="UsageException">One is for none of them, or two have one name.</exception>
    public static void Assign(IReadOnlyList<NamedPruning> prunings, IReadOnlyList<ServedModel> models)
    {
        foreach (var pruning in prunings)
        {
            if (!models.Any(model => model.Model.Fingerprint == pruning.Choice.Fingerprint))
            {
                throw new UsageException(
                    $"{Option}: found '{pruning.Name}', calibrated for another model; allowed: files of the models that are served");
            }
        }

        foreach (var model in models)
        {
            var own = prunings.Where(pruning => pruning.Choice.Fingerprint == model.Model.Fingerprint).ToList();
            if (own.GroupBy(pruning => pruning.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new UsageException($"{Option}: '{twice.Key}' names two plans of one model; allowed: different names");
            }

            model.Prunings = own.ToDictionary(pruning => pruning.Name, pruning => pruning.Choice, StringComparer.Ordinal);
        }
    }
}
