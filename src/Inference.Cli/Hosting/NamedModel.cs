using Inference.Compute;
using Inference.Grounding;
using Inference.Models;
using Inference.Models.Loading;

namespace Inference.Cli.Hosting;

/// <summary>A model and the name that requests use for it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Folder">Its folder, or the GGUF file of its decoder.</param>
/// <param name="Mmproj">The GGUF file of its image side; null: the one in the folder, if any.</param>
internal readonly record struct NamedModel(string Name, string Folder, string? Mmproj = null)
{
    /// <summary>Name of the bundled model.</summary>
    public const string BundledName = "demo";

    /// <summary>The bundled model.</summary>
    /// <exception cref="CommandException">It is nowhere.</exception>
    public static NamedModel Bundled() => new(BundledName, BundledModel.Find());

    /// <summary>A folder under its own name.</summary>
    /// <exception cref="UsageException">The path is empty.</exception>
    public static NamedModel Of(string folder) => folder.Length > 0
        ? new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), folder)
        : throw new UsageException("--model: found an empty path; allowed: a model folder or a GGUF file");

    /// <summary>Reads <c>[NAME=]DIR</c>; a folder whose own name has an equals sign counts as one.</summary>
    public static NamedModel Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 || Directory.Exists(text) ? Of(text) : new NamedModel(text[..equals], text[(equals + 1)..]);
    }

    /// <summary>Gives models their image sides, <c>[NAME=]FILE</c> each; the name may be left out where there is one model.</summary>
    /// <exception cref="UsageException">A name is missing, of no model, or given twice.</exception>
    public static NamedModel[] WithMmprojs(NamedModel[] models, IReadOnlyList<string> texts)
    {
        NamedModel[] complete = [.. models];
        foreach (var text in texts)
        {
            var equals = File.Exists(text) ? -1 : text.IndexOf('=', StringComparison.Ordinal);
            var index = equals > 0 ? Array.FindIndex(models, model => model.Name == text[..equals]) : models.Length == 1 ? 0 : -1;
            if (index < 0 || complete[index].Mmproj is not null)
            {
                throw new UsageException(
                    $"--mmproj: found '{text}'; allowed: one file a model, NAME=FILE with NAME one of "
                    + $"{string.Join(", ", models.Select(model => model.Name))}");
            }

            complete[index] = complete[index] with { Mmproj = text[(equals + 1)..] };
        }

        return complete;
    }

    /// <summary>Loads it.</summary>
    /// <param name="backend">Where the weights go.</param>
    /// <param name="contextLength">Longest sequence to prepare for.</param>
    /// <param name="progress">Told as weights are packed.</param>
    /// <param name="weights">How the decoder's matrices are held; null: as they are stored.</param>
    /// <param name="packs">Where packed weights are kept; null: nowhere.</param>
    public ServedModel Load(
        IBackend backend, int contextLength, IProgress<LoadProgress> progress, NumberFormat? weights = null, PackCache? packs = null) =>
        ServedModel.Load(Name, Folder, backend, contextLength, progress, weights, packs, Mmproj);
}
