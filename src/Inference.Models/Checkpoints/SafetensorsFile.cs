using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A memory-mapped safetensors file (https://github.com/huggingface/safetensors). Opening reads and checks the header only; data is paged
/// in when a <see cref="TensorView"/> is read.
/// </summary>
public sealed unsafe class SafetensorsFile : IWeightFile
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorView> _byName;
    private readonly int _headerLength;

    private SafetensorsFile(MappedFile file)
    {
        _file = file;
        var prefix = new ReadOnlySpan<byte>(file.Pointer, (int)Math.Min(file.Length, SafetensorsHeader.PrefixLength));
        _headerLength = SafetensorsHeader.ReadLength(file.Name, prefix, file.Length);
        var dataStart = SafetensorsHeader.PrefixLength + (long)_headerLength;
        var header = SafetensorsHeader.Parse(file.Name, Header, file.Length - dataStart);
        Metadata = header.Metadata;
        Tensors = header.Tensors.ConvertAll(entry => new TensorView(file, entry, dataStart));
        _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, is truncated or malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>File name without its folder.</summary>
    public string Name => _file.Name;

    /// <summary>Bytes of the whole file.</summary>
    public long Length => _file.Length;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<TensorView> Tensors { get; }

    /// <summary>Free text stored beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    ReadOnlySpan<byte> IWeightFile.Header => Header;

    private ReadOnlySpan<byte> Header => new(_file.Pointer + SafetensorsHeader.PrefixLength, _headerLength);

    public bool TryGet(string name, [NotNullWhen(true)] out TensorView? tensor) => _byName.TryGetValue(name, out tensor);

    /// <exception cref="CheckpointException">There is no such tensor.</exception>
    public TensorView this[string name] =>
        _byName.GetValueOrDefault(name) ?? throw new CheckpointException(Name, name, "there is no such tensor in this file");

    /// <summary>Gives all mapped pages back to the system; see <see cref="TensorView.Release"/>.</summary>
    public void Release() => _file.Release(0, _file.Length);

    /// <summary>Unmaps the file: every <see cref="TensorView"/> of it becomes unusable, and pointers taken before dangle.</summary>
    public void Dispose() => _file.Dispose();
}
