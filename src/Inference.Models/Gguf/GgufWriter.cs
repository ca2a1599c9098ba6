using System.Text;
using Inference.Models.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace Inference.Models.Gguf;

/// <summary>
/// Writes a GGUF file of version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) without holding it in memory: metadata and
/// tensors are declared, then the tensors' bytes written in order. The data lies in a temporary file beside the target, which is whole or
/// absent.
/// </summary>
internal sealed class GgufWriter : IDisposable
{
    public const uint Version = 3;
    public const int Alignment = 32;

    private readonly string _path;
    private readonly string _temporary;
    private readonly GgufMetadataWriter _metadata = new();
    private readonly List<Slot> _slots = [];
    private SafeFileHandle? _handle;
    private long _position;
    private int _current;
    private long _written;

    private readonly record struct Slot(string Name, TensorDtype Dtype, long[] Shape, long Length, long Offset);

    public GgufWriter(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
    }

    /// <summary>Metadata; complete before the first data.</summary>
    public GgufMetadataWriter Metadata => _metadata;

    /// <summary>Announces the next tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="dtype">Type of its elements.</param>
    /// <param name="shape">Sizes, outermost first; the file has them the other way round.</param>
    public void Declare(string name, TensorDtype dtype, params ReadOnlySpan<long> shape)
    {
        var row = GgufTensorTypes.RowBytes(dtype, shape[^1])
            ?? throw new ArgumentException($"rows of {shape[^1]} are no whole blocks of {dtype}", nameof(shape));
        var rows = 1L;
        foreach (var size in shape[..^1])
            rows = checked(rows * size);
        var offset = _slots.Count == 0 ? 0 : Align(_slots[^1].Offset + _slots[^1].Length);
        _slots.Add(new Slot(name, dtype, shape.ToArray(), checked(rows * row), offset));
    }

    /// <summary>Appends bytes to the tensor that is being written.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Start();
        if (_current == _slots.Count || bytes.Length > _slots[_current].Length - _written)
            throw new InvalidOperationException($"{bytes.Length} bytes more than were declared");
        RandomAccess.Write(_handle!, bytes, _position + _slots[_current].Offset + _written);
        _written += bytes.Length;
        if (_written == _slots[_current].Length)
            (_current, _written) = (_current + 1, 0);
    }

    /// <summary>Checks that every tensor is whole and puts the file in its place.</summary>
    /// <returns>Bytes of the file.</returns>
    public long Complete()
    {
        Start();
        if (_current < _slots.Count)
            throw new InvalidOperationException($"tensor '{_slots[_current].Name}' is not whole");
        var length = RandomAccess.GetLength(_handle!);
        RandomAccess.FlushToDisk(_handle!);
        _handle!.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        return length;
    }

    /// <summary>Without <see cref="Complete"/> before, everything written is dropped.</summary>
    public void Dispose()
    {
        _metadata.Dispose();
        _handle?.Dispose();
        File.Delete(_temporary);
    }

    private void Start()
    {
        if (_handle is not null)
            return;
        var header = new MemoryStream();
        using (var writer = new BinaryWriter(header, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("GGUF"u8);
            writer.Write(Version);
            writer.Write((ulong)_slots.Count);
            writer.Write((ulong)_metadata.Count);
            writer.Write(_metadata.Bytes);
            foreach (var slot in _slots)
                Describe(writer, slot);
        }

        _position = Align(header.Length);
        header.SetLength(_position);
        _handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(_handle, header.GetBuffer().AsSpan(0, (int)_position), 0);
    }

    private static void Describe(BinaryWriter writer, Slot slot)
    {
        GgufMetadataWriter.WriteString(writer, slot.Name);
        writer.Write((uint)slot.Shape.Length);
        for (var i = slot.Shape.Length - 1; i >= 0; i--)
            writer.Write((ulong)slot.Shape[i]);
        writer.Write(GgufTensorTypes.Number(slot.Dtype));
        writer.Write((ulong)slot.Offset);
    }

    private static long Align(long position) => checked(position + Alignment - 1) / Alignment * Alignment;
}
