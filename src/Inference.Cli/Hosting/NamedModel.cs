namespace Inference.Cli.Hosting;

/// <summary>A model folder and the name that requests use for it.</summary>
internal readonly record struct NamedModel(string Name, string Folder)
{
    /// <summary>Name of the bundled model.</summary>
    public const string BundledName = "demo";

    /// <summary>The bundled model.</summary>
    /// <exception cref="CommandException">It is nowhere.</exception>
    public static NamedModel Bundled() => new(BundledName, BundledModel.Find());

    /// <summary>A folder under its own name.</summary>
    public static NamedModel Of(string folder) =>
        new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), folder);

    /// <summary>Reads <c>[NAME=]DIR</c>; a folder whose own name has an equals sign counts as one.</summary>
    public static NamedModel Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 || Directory.Exists(text) ? Of(text) : new NamedModel(text[..equals], text[(equals + 1)..]);
    }
}
