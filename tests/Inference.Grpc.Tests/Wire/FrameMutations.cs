using System.Buffers.Binary;
using Google.Protobuf;
using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Wire;

/// <summary>Streams of one to three good frames, each damaged in one way, the same for a seed.</summary>
internal static class FrameMutations
{
    public static IEnumerable<byte[]> Streams(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return Damage(random, GoodStream(random));
    }

    private static byte[] GoodStream(Random random)
    {
        var frames = new List<byte>();
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[random.Next(200)];
            random.NextBytes(payload);
            var request = new EchoRequest { Text = $"{i}", Payload = ByteString.CopyFrom(payload), Count = 1 };
            frames.AddRange(Frames.Frame(request, gzip: random.Next(2) == 0));
        }
        return [.. frames];
    }

    private static byte[] Damage(Random random, byte[] stream)
    {
        switch (random.Next(8))
        {
            case 0: // a length prefix of any value
                BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(1), (uint)random.NextInt64(uint.MaxValue));
                return stream;
            case 1: // a length prefix that is nearly right
                var length = BinaryPrimitives.ReadUInt32BigEndian(stream.AsSpan(1));
                BinaryPrimitives.WriteUInt32BigEndian(stream.AsSpan(1), (uint)(length + random.Next(-3, 4)));
                return stream;
            case 2: // a flag
                stream[0] = (byte)random.Next(256);
                return stream;
            case 3: // the other flag
                stream[0] ^= 1;
                return stream;
            case 4: // the end is missing
                return stream[..random.Next(stream.Length)];
            case 5: // one bit
                stream[random.Next(stream.Length)] ^= (byte)(1 << random.Next(8));
                return stream;
            case 6: // garbage in a well-formed frame
                var garbage = new byte[random.Next(100)];
                random.NextBytes(garbage);
                var frame = Frames.Frame(garbage);
                frame[0] = (byte)random.Next(2);
                return [.. stream, .. frame];
            default: // garbage alone
                random.NextBytes(stream);
                return stream;
        }
    }
}
