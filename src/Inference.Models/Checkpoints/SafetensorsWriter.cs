using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Writes a safetensors file without holding it in memory: declare all tensors, write their data in any order and in any pieces, then
/// <see cref="Complete"/>. Until then the data lies in a temporary file beside the target, so that the target is always whole or absent.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private SafeFileHandle? _handle;
    private bool _completed;

    private sealed class Slot(TensorDtype dtype, long[] shape, long length)
    {
        public TensorDtype Dtype => dtype;
        public long[] Shape => shape;
        public long Length => length;
        public long Begin;
        public long FilePosition;
        public long Written;
    }

    /// <param name="path">Target file; an existing one is replaced on completion.</param>
    /// <param name="metadata">Free text stored in the header.</param>
    public SafetensorsWriter(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        _path = Path.GetFullPath(path);
        _temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
        _metadata = metadata ?? new Dictionary<string, string>();
    }

    /// <summary>Announces a tensor; all are announced before the first data.</summary>
    public void Declare(string name, TensorDtype dtype, params ReadOnlySpan<long> shape)
    {
        if (_handle is not null || _completed)
            throw new InvalidOperationException("tensors are declared before the first data is written");
        if (name == "__metadata__")
            throw new ArgumentException("the name is reserved for metadata", nameof(name));
        foreach (var dimension in shape)
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
        var length = TensorEntryReader.ByteSize(shape, dtype.ItemSize())
            ?? throw new ArgumentException($"shape {TensorView.FormatShape(shape)} is too large", nameof(shape));
        if (!_slots.TryAdd(name, new(dtype, shape.ToArray(), length)))
            throw new ArgumentException($"tensor '{name}' is declared twice", nameof(name));
    }

    /// <summary>Appends values to an F32 tensor.</summary>
    public void Write(string name, ReadOnlySpan<float> values) => Append(name, TensorDtype.F32, MemoryMarshal.AsBytes(values));

    /// <summary>Appends values to an I64 tensor.</summary>
    public void Write(string name, ReadOnlySpan<long> values) => Append(name, TensorDtype.I64, MemoryMarshal.AsBytes(values));

    /// <summary>Appends raw little-endian bytes to a tensor of any type.</summary>
    public void WriteBytes(string name, ReadOnlySpan<byte> bytes) => Append(name, null, bytes);

    /// <summary>Checks that every tensor is whole, flushes to the disk and puts the file in its place.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        Start();
        foreach (var (name, slot) in _slots)
        {
            if (slot.Written != slot.Length)
                throw new InvalidOperationException($"tensor '{name}' has {slot.Written} of {slot.Length} bytes");
        }
        RandomAccess.FlushToDisk(_handle!);
        _handle!.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _completed = true;
    }

    /// <summary>Without <see cref="Complete"/> before, everything written is dropped.</summary>
    public void Dispose()
    {
        _handle?.Dispose();
        if (_handle is not null && !_completed)
            File.Delete(_temporary);
        _completed = true;
    }

    private void Append(string name, TensorDtype? dtype, ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (!_slots.TryGetValue(name, out var slot))
            throw new ArgumentException($"tensor '{name}' was not declared", nameof(name));
        if (dtype is not null && dtype != slot.Dtype)
            throw new ArgumentException(
                $"tensor '{name}' was declared {slot.Dtype.FormatName()}, not {dtype.Value.FormatName()}", nameof(name));
        if (bytes.Length > slot.Length - slot.Written)
            throw new ArgumentException(
                $"tensor '{name}' takes {slot.Length} bytes; {slot.Written + bytes.Length} were given", nameof(bytes));
        Start();
        RandomAccess.Write(_handle!, bytes, slot.FilePosition + slot.Written);
        slot.Written += bytes.Length;
    }

    /// <summary>Lays the tensors out (widest elements first, so that each is aligned) and writes the header; once.</summary>
    private void Start()
    {
        if (_handle is not null)
            return;
        var ordered = _slots.OrderByDescending(s => s.Value.Dtype.ItemSize()).ThenBy(s => s.Key, StringComparer.Ordinal).ToList();
        var position = 0L;
        foreach (var (_, slot) in ordered)
        {
            slot.Begin = position;
            position = checked(position + slot.Length);
        }
        var json = HeaderJson(ordered);
        // Spaces up to a multiple of 8 keep the data aligned, as the reference library does.
        var header = new byte[SafetensorsHeader.PrefixLength + (json.Length + 7) / 8 * 8];
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.PrefixLength);
        json.CopyTo(header.AsSpan(SafetensorsHeader.PrefixLength));
        header.AsSpan(SafetensorsHeader.PrefixLength + json.Length).Fill((byte)' ');
        foreach (var (_, slot) in ordered)
            slot.FilePosition = header.Length + slot.Begin;
        _handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(_handle, header, 0);
    }

    private ReadOnlySpan<byte> HeaderJson(List<KeyValuePair<string, Slot>> ordered)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in _metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (var (name, slot) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", slot.Dtype.FormatName());
                WriteNumbers(json, "shape", slot.Shape);
                WriteNumbers(json, "data_offsets", [slot.Begin, slot.Begin + slot.Length]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
