using Inference.Grounding.Evaluation.Scenes;

namespace Inference.Cli.Scenes;

/// <summary>A row of the table: a name and the flags that make it.</summary>
/// <param name="Group">The group it is asked for by.</param>
/// <param name="Name">What the table calls it.</param>
/// <param name="Flags">As <c>glassbox generate</c> and its like take them.</param>
/// <param name="Tasks">The tasks that the flags do something for.</param>
internal sealed record MethodLine(string Group, string Name, string Flags, params SceneTask[] Tasks)
{
    /// <summary>The group of lines that people give themselves.</summary>
    public const string OwnGroup = "own";

    /// <summary>Its flags name something that comes with the bundled model only.</summary>
    public bool IsOfBundledModel { get; init; }

    /// <summary>Reads <c>name: flags</c>.</summary>
    /// <exception cref="UsageException">There is no name.</exception>
    public static MethodLine Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text[0] != '-'
            ? new MethodLine(OwnGroup, text[..colon].Trim(), text[(colon + 1)..].Trim())
            : throw new UsageException($"--method: found '{text}'; allowed: \"name: flags\", such as \"half: --prune 4:.5\"");
    }

    /// <summary>Whether it changes what a task gives; lines that name no task are run on all.</summary>
    public bool AppliesTo(SceneTask task) => Tasks.Length == 0 || Tasks.Contains(task);
}
