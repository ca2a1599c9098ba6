using Inference.Models.Checkpoints;

namespace Inference.Models.Quantization;

/// <summary>The folder that a run writes: empty, or left by the same run. While it is open no other run can open it.</summary>
internal sealed class TargetFolder : IDisposable
{
    /// <summary>Key of the run in the metadata of every weight file.</summary>
    public const string RunKey = "glassbox.quantization";

    private const string LockName = ".quantize.lock";
    private const string TemporaryEnding = ".tmp";

    private readonly string _path;
    private readonly FileStream _lock;

    private TargetFolder(string path, FileStream @lock) => (_path, _lock) = (path, @lock);

    /// <summary>Opens a folder, or makes it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="layout">What it is to hold.</param>
    /// <param name="others">Names of what else it is to hold.</param>
    /// <exception cref="CheckpointException">It holds something else.</exception>
    public static TargetFolder Open(string path, QuantizedLayout layout, IReadOnlyCollection<string> others)
    {
        Directory.CreateDirectory(path);
        var folder = new TargetFolder(path, Lock(path));
        try
        {
            HashSet<string> names = [LockName, .. others, .. Enumerable.Range(0, layout.Shards.Count).Select(layout.FileName)];
            foreach (var entry in Directory.EnumerateFileSystemEntries(path))
            {
                var name = Path.GetFileName(entry);
                var isTemporary = name.EndsWith(TemporaryEnding, StringComparison.Ordinal);
                if (isTemporary && names.Any(known => name.StartsWith(known, StringComparison.Ordinal)))
                    File.Delete(entry);
                else if (!names.Contains(name))
                {
                    throw new CheckpointException(
                        path, name, "found; a folder is needed that is empty or left by a run with the same model and settings");
                }
            }

            for (var i = 0; i < layout.Shards.Count; i++)
                folder.CheckShard(layout.FileName(i), layout.Run);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Full path of a file.</summary>
    public string FileOf(string name) => Path.Combine(_path, name);

    /// <summary>Puts a small file in its place; it is whole or absent.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        var temporary = FileOf(name + TemporaryEnding);
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, FileOf(name), overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(
                Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException failure)
        {
            throw new CheckpointException(path, LockName, "held by another run that writes this folder", failure);
        }
    }

    private void CheckShard(string name, string run)
    {
        if (!File.Exists(FileOf(name)))
            return;
        using var file = SafetensorsFile.Open(FileOf(name));
        if (file.Metadata.GetValueOrDefault(RunKey) != run)
            throw new CheckpointException(name, null, "written from another model or with other settings; name another folder");
    }
}
