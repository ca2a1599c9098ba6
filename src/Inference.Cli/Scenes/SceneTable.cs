namespace Inference.Cli.Scenes;

/// <summary>A table as text.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Header">Names of the columns; the first names the rows.</param>
/// <param name="Rows">As many cells each as the header has.</param>
internal sealed record SceneTable(string Title, string[] Header, IReadOnlyList<string[]> Rows);
