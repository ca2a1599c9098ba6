using System.Buffers.Binary;
using System.Text;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Builds safetensors files byte by byte, so that they can be wrong.</summary>
internal static class RawSafetensors
{
    public static byte[] File(string header, int dataLength, long? statedHeaderLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, statedHeaderLength ?? json.Length);
        json.CopyTo(bytes, 8);
        for (var i = 0; i < dataLength; i++)
            bytes[8 + json.Length + i] = (byte)i;
        return bytes;
    }

    /// <summary>F32 vectors of the given lengths, one after the other, all zeros.</summary>
    public static byte[] Vectors(params (string Name, int Length)[] tensors)
    {
        var header = new StringBuilder("{");
        var end = 0;
        foreach (var (name, length) in tensors)
        {
            header.Append(end == 0 ? "" : ",").Append(
                $"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{length}],\"data_offsets\":[{end},{end + length * 4}]}}");
            end += length * 4;
        }
        return File(header.Append('}').ToString(), end);
    }
}
