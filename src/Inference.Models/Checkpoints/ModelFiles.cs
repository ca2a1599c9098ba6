using Inference.Models.Gguf;

namespace Inference.Models.Checkpoints;

/// <summary>The files that a model is read from.</summary>
/// <param name="Model">A folder in the Hugging Face layout, or the GGUF file of a decoder; full path.</param>
/// <param name="Mmproj">
/// The GGUF file of the image side that goes with that decoder, full path; null where the folder has one of its own, or there is none.
/// </param>
public sealed record ModelFiles(string Model, string? Mmproj)
{
    private const int MostFiles = 64;

    /// <summary>
    /// What a path stands for: a folder in the Hugging Face layout, a GGUF file, or a folder without config.json that holds the GGUF file
    /// of one decoder and at most one mmproj file. A decoder that is named by its file stands alone, whatever lies beside it.
    /// </summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="mmproj">The file of the image side; null to look for it as described.</param>
    /// <exception cref="CheckpointException">
    /// There is nothing at the path, the folder does not say which files are meant, or the model has an image side of its own.
    /// </exception>
    public static ModelFiles Find(string path, string? mmproj = null)
    {
        if (path.Length == 0)
            throw new CheckpointException("model", null, "an empty path found; a model folder or a GGUF file is needed");
        path = Path.GetFullPath(path);
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new CheckpointException(path, null, "there is no such folder or file");
        if (File.Exists(path) && !GgufFile.IsNamed(path))
            throw new CheckpointException(path, null, $"a model folder or a GGUF file ({GgufFile.Extension}) is needed");
        var found = IsGgufFolder(path) ? Search(path, isMmprojGiven: mmproj is not null) : new ModelFiles(path, null);
        if (mmproj is null)
            return found;
        return GgufFile.IsNamed(found.Model)
            ? found with { Mmproj = Path.GetFullPath(mmproj) }
            : throw new CheckpointException(path, null, "no GGUF file: an mmproj file goes with the GGUF file of a decoder");
    }

    private static bool IsGgufFolder(string path) =>
        Directory.Exists(path) && !File.Exists(Path.Combine(path, "config.json")) && Files(path).Any();

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => file.EndsWith(GgufFile.Extension, StringComparison.OrdinalIgnoreCase));

    private static ModelFiles Search(string folder, bool isMmprojGiven)
    {
        string[] files = [.. Files(folder).Order(StringComparer.Ordinal).Take(MostFiles + 1)];
        if (files.Length > MostFiles)
            throw new CheckpointException(folder, null, $"more than {MostFiles} GGUF files found; name the one that is meant");
        var isImageSide = files.ToLookup(IsImageSide);
        var (decoders, sides) = (isImageSide[false].ToArray(), isImageSide[true].ToArray());
        if (decoders.Length != 1)
            throw Ambiguous(folder, decoders, "GGUF files of decoders", "one is needed; name the file that is meant");
        if (sides.Length > 1 && !isMmprojGiven)
            throw Ambiguous(folder, sides, "mmproj files", "one is allowed; name the file that is meant");
        return new ModelFiles(decoders[0], sides.Length == 1 ? sides[0] : null);
    }

    private static bool IsImageSide(string path)
    {
        using var file = GgufFile.Open(path);
        return file.Metadata.Text("general.architecture") == MmprojKeys.Architecture;
    }

    private static CheckpointException Ambiguous(string folder, string[] files, string what, string allowed) =>
        new(folder, null, files.Length == 0
            ? $"no {what} found; {allowed}"
            : $"{files.Length} {what} found ({string.Join(", ", files.Select(Path.GetFileName))}); {allowed}");
}
