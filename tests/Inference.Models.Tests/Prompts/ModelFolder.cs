namespace Inference.Models.Tests.Prompts;

/// <summary>A folder with some files, gone after the test.</summary>
internal sealed class ModelFolder : IDisposable
{
    public ModelFolder(params (string Name, string Text)[] files)
    {
        Folder = Directory.CreateTempSubdirectory("glassbox-prompts-").FullName;
        foreach ((string name, string text) in files) File.WriteAllText(System.IO.Path.Combine(Folder, name), text);
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
