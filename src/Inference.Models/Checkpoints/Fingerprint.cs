using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Identifies a model for caches and probes: SHA-256 over config.json, the headers and lengths of the weight files, and a short sample of
/// every tensor. The samples tell fine-tunes of one base apart, whose headers are the same, without reading the weights.
/// </summary>
internal static class Fingerprint
{
    private const int SampleLength = 64;

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Compute(ReadOnlySpan<byte> config, IEnumerable<IWeightFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, config);
        foreach (var file in files)
        {
            Append(hash, file.Header);
            AppendLength(hash, file.Length);
            // A cold disk serves all samples together instead of one after the other.
            foreach (var tensor in file.Tensors)
                tensor.Prefetch(SampleStart(tensor), SampleSize(tensor));
            foreach (var tensor in file.Tensors)
                hash.AppendData(tensor.Slice(SampleStart(tensor), SampleSize(tensor)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int SampleSize(TensorView tensor) => (int)Math.Min(SampleLength, tensor.ByteLength);

    // The middle: a tensor's ends are where padding and untouched rows lie.
    private static long SampleStart(TensorView tensor) => (tensor.ByteLength - SampleSize(tensor)) / 2;

    // Lengths in front keep the boundary between two pieces part of what is hashed.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        AppendLength(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
