using Inference.Grounding;
using Inference.Grounding.Importance;

namespace Inference.Cli.Hosting;

/// <summary>A layer prior in a file and the name that requests use for it.</summary>
internal readonly record struct NamedPrior(string Name, string Path)
{
    /// <summary>Reads <c>NAME=FILE</c> pairs.</summary>
    /// <exception cref="UsageException">One is something else, or two have the same name.</exception>
    public static IReadOnlyList<NamedPrior> ParseAll(IReadOnlyList<string> texts)
    {
        List<NamedPrior> priors = [];
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : text[..equals];
            if (!PriorNames.IsName(name) || name.StartsWith('@') || equals == text.Length - 1 || priors.Exists(prior => prior.Name == name))
            {
                throw new UsageException(
                    $"--importance: found '{text}'; allowed: NAME=FILE with a name of its own that begins with a letter");
            }

            priors.Add(new NamedPrior(name, text[(equals + 1)..]));
        }

        return priors;
    }

    /// <summary>Makes every prior known to the models that it was estimated for.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    /// <exception cref="Grounding.Evaluation.EvaluationException">A file is no prior.</exception>
    public static void AddTo(IReadOnlyList<ServedModel> models, IReadOnlyList<NamedPrior> priors)
    {
        foreach (var (name, path) in priors)
        {
            var file = ImportanceFile.Load(path);
            ServedModel[] owners = [.. models.Where(model => model.Model.Fingerprint == file.Fingerprint)];
            if (owners.Length == 0)
            {
                throw new CommandException($"--importance: {path} was estimated for a model that is not served here");
            }

            Array.ForEach(owners, model => model.AddPrior(name, file));
        }
    }
}
