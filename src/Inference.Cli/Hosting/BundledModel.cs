namespace Inference.Cli.Hosting;

/// <summary>Finds the model and scenes that come with the program.</summary>
internal static class BundledModel
{
    /// <summary>Names the folder that holds <c>weights/</c>, where the program stands elsewhere.</summary>
    public const string HomeVariable = "GLASSBOX_HOME";

    // Set by the launcher of a native build, whose image runs from memory: the file that it came from.
    private const string ProgramVariable = "GLASSBOX_PROGRAM";

    /// <summary>The folder of the bundled model.</summary>
    /// <exception cref="CommandException">It is nowhere.</exception>
    public static string Find() => FindFolder("model", "config.json");

    /// <summary>The folder of the sample scenes.</summary>
    /// <exception cref="CommandException">It is nowhere.</exception>
    public static string FindScenes() => FindFolder("scenes", "annotations.jsonl");

    private static string FindFolder(string name, string file)
    {
        foreach (var home in Homes())
        {
            var folder = Path.Combine(home, "weights", "demo", name);
            if (File.Exists(Path.Combine(folder, file)))
            {
                return folder;
            }
        }

        throw new CommandException(
            $"The bundled weights/demo/{name} is not beside the program; name a model with --model DIR, "
            + $"or the folder that holds weights/ with {HomeVariable}.");
    }

    // From the build output the repository is some folders up; an installed program has the weights beside it.
    private static IEnumerable<string> Homes()
    {
        if (Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } home)
        {
            yield return home;
        }

        var program = Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } file ? Path.GetDirectoryName(file) : null;
        for (var folder = new DirectoryInfo(program ?? AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}
