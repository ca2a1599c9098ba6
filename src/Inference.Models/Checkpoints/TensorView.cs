using System.Runtime.InteropServices;
using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>
/// One tensor of a memory-mapped weight file: row-major, little-endian, not copied and not necessarily aligned to its element size.
/// Its memory lives as long as the file is open.
/// </summary>
public sealed unsafe class TensorView
{
    private readonly MappedFile _file;
    private readonly long _offset;
    private readonly long[] _shape;

    internal TensorView(MappedFile file, TensorEntry entry, long dataStart)
    {
        _file = file;
        _offset = dataStart + entry.Begin;
        _shape = entry.Shape;
        Name = entry.Name;
        Dtype = entry.Dtype;
        ByteLength = entry.End - entry.Begin;
        var (elements, bytes) = Dtype.Block();
        ElementCount = ByteLength / bytes * elements;
    }

    /// <summary>The same data under another name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="pairedHeadDim">See <see cref="PairedHeadDim"/>.</param>
    internal TensorView As(string name, int pairedHeadDim) =>
        new(_file, new TensorEntry(name, Dtype, _shape, _offset, _offset + ByteLength), 0) { PairedHeadDim = pairedHeadDim };

    /// <summary>The same bytes as integers in groups.</summary>
    /// <param name="dtype">A grouped type.</param>
    /// <param name="columns">Integers of a row.</param>
    /// <param name="scales">See <see cref="Scales"/>.</param>
    /// <param name="offsets">See <see cref="Offsets"/>.</param>
    internal TensorView AsGroups(TensorDtype dtype, long columns, TensorView scales, TensorView? offsets) =>
        new(_file, new TensorEntry(Name, dtype, [_shape[0], columns], _offset, _offset + ByteLength), 0)
        {
            Scales = scales,
            Offsets = offsets,
        };

    /// <summary>Scales of integers in groups, BF16 or F16 [rows, groups]; null for other types.</summary>
    public TensorView? Scales { get; private init; }

    /// <summary>Offsets of the groups, of the type and shape of the scales; null where the type has none.</summary>
    public TensorView? Offsets { get; private init; }

    /// <summary>Bytes with scales and offsets.</summary>
    public long StoredBytes => ByteLength + (Scales?.ByteLength ?? 0) + (Offsets?.ByteLength ?? 0);

    /// <summary>Name as the file spells it; for a GGUF file the one that a Hugging Face folder would have.</summary>
    public string Name { get; }

    /// <summary>Width of the heads whose halves stand in turns, row by row, as GGUF files hold some; 0 where rows are in order.</summary>
    public int PairedHeadDim { get; private init; }

    public TensorDtype Dtype { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>File name without its folder.</summary>
    public string FileName => _file.Name;

    public long ByteLength { get; }

    public long ElementCount { get; }

    /// <summary>First byte of the data; valid until the file is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public byte* Pointer => _file.Pointer + _offset;

    /// <summary>All bytes, for tensors below 2 GiB; larger ones go through <see cref="Slice"/> or <see cref="Pointer"/>.</summary>
    public ReadOnlySpan<byte> Bytes => ByteLength <= int.MaxValue
        ? new(Pointer, (int)ByteLength)
        : throw new InvalidOperationException($"tensor '{Name}' has {ByteLength} bytes, more than one span holds: read it by Slice");

    /// <summary>A part of the bytes.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ByteLength - offset);
        return new(Pointer + offset, length);
    }

    /// <summary>
    /// Widens F32, F16 or BF16 elements into a new array, those of paired heads in order; meant for small tensors (norms, biases) and
    /// tests.
    /// </summary>
    public float[] ToSingles()
    {
        var values = new float[checked((int)ElementCount)];
        CopyTo(values);
        if (PairedHeadDim == 0)
            return values;
        var order = new WeightSource(0, NumberFormat.F32, values.Length, 1) { PairedHeadDim = PairedHeadDim };
        return [.. Enumerable.Range(0, values.Length).Select(i => values[order.StoredRow(i)])];
    }

    /// <summary>Widens all F32, F16 or BF16 elements into <paramref name="destination"/>, which has room for exactly these.</summary>
    /// <exception cref="CheckpointException">Elements of another type.</exception>
    public void CopyTo(Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, ElementCount);
        CopyTo(0, destination);
    }

    /// <summary>Widens F32, F16 or BF16 elements from <paramref name="first"/> on until <paramref name="destination"/> is full.</summary>
    /// <exception cref="CheckpointException">Elements of another type.</exception>
    public void CopyTo(long first, Span<float> destination)
    {
        if (Dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16))
            throw new CheckpointException(FileName, Name, $"dtype {Dtype.FormatName()} found, F32, F16 or BF16 needed");
        var bytes = Slice(checked(first * Dtype.ItemSize()), checked(destination.Length * Dtype.ItemSize()));
        switch (Dtype)
        {
            case TensorDtype.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case TensorDtype.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = (float)halves[i];
                break;
            default:
                var uppers = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)uppers[i] << 16);
                break;
        }
    }

    /// <summary>Copies I64 elements into a new array.</summary>
    /// <exception cref="CheckpointException">Elements of another type.</exception>
    public long[] ToInt64s() => Dtype == TensorDtype.I64
        ? MemoryMarshal.Cast<byte, long>(Bytes).ToArray()
        : throw new CheckpointException(FileName, Name, $"dtype {Dtype.FormatName()} found, I64 needed");

    /// <summary>Same type and bytes; shapes are the caller's concern.</summary>
    internal bool HasSameBytes(TensorView other)
    {
        if (Dtype != other.Dtype || ByteLength != other.ByteLength)
            return false;
        const int Chunk = 1 << 20;
        for (var offset = 0L; offset < ByteLength; offset += Chunk)
        {
            var length = (int)Math.Min(Chunk, ByteLength - offset);
            if (!Slice(offset, length).SequenceEqual(other.Slice(offset, length)))
                return false;
        }
        return (Scales is null || Scales.HasSameBytes(other.Scales!)) && (Offsets is null || Offsets.HasSameBytes(other.Offsets!));
    }

    /// <summary>
    /// Gives the mapped pages back to the system once the data has been packed; reading again works and loads them again.
    /// </summary>
    public void Release()
    {
        _file.Release(_offset, ByteLength);
        Scales?.Release();
        Offsets?.Release();
    }

    /// <summary>Starts reading a part of the bytes from the disk without waiting for it.</summary>
    internal void Prefetch(long offset, int length) => _file.Prefetch(_offset + offset, length);

    internal static string FormatShape(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
