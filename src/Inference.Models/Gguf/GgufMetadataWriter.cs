using System.Text;

namespace Inference.Models.Gguf;

/// <summary>Collects metadata in the form of the file.</summary>
internal sealed class GgufMetadataWriter : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    public GgufMetadataWriter() => _writer = new BinaryWriter(_bytes, Encoding.UTF8);

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>Everything so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, checked((int)_bytes.Length));

    public void Add(string key, string value)
    {
        Key(key, GgufValueType.String);
        WriteString(_writer, value);
    }

    public void Add(string key, uint value)
    {
        Key(key, GgufValueType.UInt32);
        _writer.Write(value);
    }

    public void Add(string key, int value) => Add(key, checked((uint)value));

    public void Add(string key, float value)
    {
        Key(key, GgufValueType.Float32);
        _writer.Write(value);
    }

    public void Add(string key, bool value)
    {
        Key(key, GgufValueType.Bool);
        _writer.Write(value);
    }

    public void Add(string key, IReadOnlyCollection<string> values) =>
        Array(key, GgufValueType.String, values, value => WriteString(_writer, value));

    public void Add(string key, IReadOnlyCollection<float> values) => Array(key, GgufValueType.Float32, values, _writer.Write);

    public void Add(string key, IReadOnlyCollection<int> values) => Array(key, GgufValueType.Int32, values, _writer.Write);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>A length of 64 bits, then UTF-8.</summary>
    public static void WriteString(BinaryWriter writer, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private void Array<T>(string key, GgufValueType type, IReadOnlyCollection<T> values, Action<T> write)
    {
        Key(key, GgufValueType.Array);
        _writer.Write((uint)type);
        _writer.Write((ulong)values.Count);
        foreach (var value in values)
            write(value);
    }

    private void Key(string key, GgufValueType type)
    {
        WriteString(_writer, key);
        _writer.Write((uint)type);
        Count++;
    }
}
