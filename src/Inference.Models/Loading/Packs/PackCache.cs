using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Loading;

/// <summary>
/// Whether packed weights are kept in a file: the next process maps it instead of packing. The file is named after everything that its
/// bytes follow from, so that it never goes stale; a file that is not whole is packed anew.
/// </summary>
public sealed class PackCache
{
    /// <summary>Weights below this many bytes are packed before a file would be open; <see cref="Auto"/> leaves them alone.</summary>
    public const long LeastBytes = 256L << 20;

    private readonly string? _folder;
    private readonly bool _auto;

    private PackCache(string? folder, bool auto) => (_folder, _auto) = (folder, auto);

    /// <summary>
    /// Whether processes share the file's pages of memory, which are small ones: decoding streams them more slowly. Otherwise each moves
    /// them to huge pages of its own while it runs, where the system is Linux.
    /// </summary>
    public bool SharesMemory { get; private init; }

    /// <summary>Every process packs into memory of its own.</summary>
    public static PackCache Off { get; } = new(null, auto: false);

    /// <summary>
    /// In <c>.glassbox</c> beside the weights, or where that cannot be written in <c>glassbox/packs</c> of the user's cache folder
    /// (<c>XDG_CACHE_HOME</c>), for weights from <see cref="LeastBytes"/> on.
    /// </summary>
    public static PackCache Auto { get; } = new(null, auto: true);

    /// <summary>The same, with memory that processes share.</summary>
    public PackCache Sharing() => new(_folder, _auto) { SharesMemory = true };

    /// <summary>In a folder, whatever the size.</summary>
    public static PackCache In(string folder) => new(folder, auto: false);

    /// <summary>Packed weights of a checkpoint, to read or to be written; null where they are not kept.</summary>
    /// <param name="backend">What packs.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="weights">How the decoder's matrices are held; null: as they are stored.</param>
    internal IPackStore? Open(IBackend backend, Checkpoint checkpoint, NumberFormat? weights)
    {
        var folders = Folders(checkpoint).ToList();
        if (folders.Count == 0)
            return null;
        var key = Key(backend, checkpoint, weights);
        foreach (var folder in folders)
        {
            if (PackReader.TryOpen(Path.Combine(folder, FileName(key)), key, backend, SharesMemory) is { } reader)
                return reader;
        }

        return folders.Select(folder => PackWriter.TryCreate(folder, key, backend, checkpoint.WeightBytes, SharesMemory))
            .FirstOrDefault(writer => writer is not null);
    }

    /// <summary>Name of the file with a key.</summary>
    internal static string FileName(string key) => $"{key}.pack";

    private IEnumerable<string> Folders(Checkpoint checkpoint)
    {
        if (_folder is not null)
            return [_folder];
        if (!_auto || checkpoint.WeightBytes < LeastBytes)
            return [];
        var beside = File.Exists(checkpoint.Folder) ? Path.GetDirectoryName(checkpoint.Folder)! : checkpoint.Folder;
        return UserCache() is { } user
            ? [Path.Combine(beside, ".glassbox"), Path.Combine(user, "glassbox", "packs")]
            : [Path.Combine(beside, ".glassbox")];
    }

    // A relative XDG_CACHE_HOME counts as none (XDG Base Directory Specification).
    private static string? UserCache()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache))
            return cache;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? null : Path.Combine(home, ".cache");
    }

    // The fingerprint samples the weights; length and time of the files tell of a change between its samples.
    private static string Key(IBackend backend, Checkpoint checkpoint, NumberFormat? weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(
            Encoding.UTF8.GetBytes(
                $"{PackTable.Version}\n{backend.PackedLayout}\n{weights?.ToString() ?? "stored"}\n{checkpoint.Fingerprint}\n"));
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        foreach (var file in checkpoint.WeightPaths.Select(path => new FileInfo(path)))
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers, file.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], file.LastWriteTimeUtc.Ticks);
            hash.AppendData(numbers);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
