using Microsoft.Win32.SafeHandles;

namespace Glassbox.Launcher;

/// <summary>
/// Images as files of their own, in <c>glassbox/images</c> of the user's cache folder: the first start writes one, later ones execute it at
/// once, and processes share its pages. Named after the program's file, so that a new program never finds an old image.
/// </summary>
internal static class ImageCache
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The file of an image; null where there is none and none can be written.</summary>
    public static string? Find(SafeFileHandle file, Image image, string program)
    {
        try
        {
            if (Folder() is not { } folder)
                return null;
            var path = Path.Combine(folder, $"{image.Level}-{File.GetLastWriteTimeUtc(program).Ticks:x}-{RandomAccess.GetLength(file):x}");
            if (!IsWhole(path, image))
                Write(folder, path, file, image);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Only the user may have written it.
    private static bool IsWhole(string path, Image image) =>
        new FileInfo(path) is { Exists: true } found && found.Length == image.Length && found.UnixFileMode == Own;

    private static void Write(string folder, string path, SafeFileHandle file, Image image)
    {
        Directory.CreateDirectory(folder, Own);
        foreach (var old in new DirectoryInfo(folder).EnumerateFiles().Where(old => DateTime.UtcNow - old.LastWriteTimeUtc > Kept))
            old.Delete();
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = Own,
                BufferSize = 0,
            };
            using (var stream = new FileStream(temporary, options))
            {
                var buffer = new byte[1 << 20];
                for (long done = 0; done < image.Length;)
                {
                    var read = RandomAccess.Read(
                        file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, image.Length - done)), image.Offset + done);
                    if (read == 0)
                        throw new LaunchException("the program's file is not whole");
                    stream.Write(buffer, 0, read);
                    done += read;
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // A relative XDG_CACHE_HOME counts as none (XDG Base Directory Specification).
    private static string? Folder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache) || !Path.IsPathRooted(cache))
        {
            var home = Environment.GetEnvironmentVariable("HOME");
            if (string.IsNullOrEmpty(home) || !Path.IsPathRooted(home))
                return null;
            cache = Path.Combine(home, ".cache");
        }

        return Path.Combine(cache, "glassbox", "images");
    }
}
