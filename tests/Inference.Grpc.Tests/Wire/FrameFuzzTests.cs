using Google.Protobuf;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Wire;

/// <summary>Seeded damage to streams of frames: every one is read to its end or refused with a status, within bounded memory.</summary>
[Collection(AloneCollection.Name)]
public class FrameFuzzTests
{
    private const int MaxSize = 64 * 1024;

    [Fact]
    public async Task Damaged_frames_are_read_or_refused()
    {
        var read = 0;
        var refused = 0;
        foreach (var stream in FrameMutations.Streams(seed: 20_261, count: 4000))
        {
            try
            {
                read += (await Frames.ReadAllAsync(stream, MaxSize)).Count;
            }
            catch (RpcException error)
            {
                Assert.Contains(error.StatusCode, new[] { StatusCode.Internal, StatusCode.ResourceExhausted, StatusCode.Unimplemented });
                refused++;
            }
        }
        // Damage that never hits, or always hits, would test nothing.
        Assert.True(read > 500 && refused > 500, $"{read} messages read, {refused} streams refused");
    }

    [Fact]
    public async Task A_gzip_bomb_costs_no_more_memory_than_the_cap()
    {
        var bomb = Frames.Frame(new EchoRequest { Payload = ByteString.CopyFrom(new byte[64 << 20]) }, gzip: true);
        await AssertRefusedAsync(bomb);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < 5; i++)
            await AssertRefusedAsync(bomb);
        var perBomb = (GC.GetTotalAllocatedBytes(precise: true) - before) / 5;
        // The compressed bytes pass through the pipe of the test; nothing near 64 MiB may be unpacked.
        Assert.True(perBomb < 4 << 20, $"{perBomb} bytes allocated per bomb");
    }

    [Fact]
    public async Task A_promise_of_four_gigabytes_costs_nothing()
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await AssertRefusedAsync([0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 1 << 20);
    }

    private static async Task AssertRefusedAsync(byte[] stream)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Frames.ReadAllAsync(stream, MaxSize));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }
}
