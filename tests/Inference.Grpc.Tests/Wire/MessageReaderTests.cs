using Google.Protobuf;
using Grpc.Core;
using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Wire;

public class MessageReaderTests
{
    private static readonly EchoRequest Request = new() { Text = "frame", Payload = ByteString.CopyFrom(new byte[10_000]) };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public async Task Messages_come_out_whole_however_they_are_cut(int chunk)
    {
        byte[] stream = [.. Frames.Frame(Request), .. Frames.Frame(new EchoRequest()), .. Frames.Frame(Request, gzip: true)];
        Assert.Equal([Request, new EchoRequest(), Request], await Frames.ReadAllAsync(stream, chunk: chunk));
    }

    [Fact]
    public async Task An_empty_stream_has_no_messages() => Assert.Empty(await Frames.ReadAllAsync([]));

    [Fact]
    public Task A_length_above_the_cap_is_refused_from_the_prefix_alone() =>
        AssertFailsAsync(StatusCode.ResourceExhausted, [0, 0xFF, 0xFF, 0xFF, 0xFF], maxSize: 1000);

    [Fact]
    public async Task A_message_as_long_as_the_cap_is_read()
    {
        var size = Request.CalculateSize();
        Assert.Single(await Frames.ReadAllAsync(Frames.Frame(Request), maxSize: size));
        await AssertFailsAsync(StatusCode.ResourceExhausted, Frames.Frame(Request), maxSize: size - 1);
    }

    [Fact]
    public async Task The_cap_holds_after_decompression_too()
    {
        var size = Request.CalculateSize();
        Assert.Single(await Frames.ReadAllAsync(Frames.Frame(Request, gzip: true), maxSize: size));
        await AssertFailsAsync(StatusCode.ResourceExhausted, Frames.Frame(Request, gzip: true), maxSize: size - 1);
    }

    [Fact]
    public Task An_unknown_flag_is_an_error() => AssertFailsAsync(StatusCode.Internal, [2, 0, 0, 0, 0]);

    [Fact]
    public Task A_compressed_message_without_an_encoding_is_an_error() =>
        AssertFailsAsync(StatusCode.Internal, Frames.Frame(Request, gzip: true), encoding: null);

    [Fact]
    public Task A_compressed_message_of_an_unknown_encoding_is_unimplemented() =>
        AssertFailsAsync(StatusCode.Unimplemented, Frames.Frame(Request, gzip: true), encoding: "br");

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public Task A_stream_that_ends_within_a_message_is_an_error(int kept) =>
        AssertFailsAsync(StatusCode.Internal, Frames.Frame(Request)[..kept]);

    [Fact]
    public Task Bytes_that_are_no_protobuf_are_an_error() =>
        AssertFailsAsync(StatusCode.Internal, Frames.Frame(new byte[] { 0xFF, 0xFF, 0xFF }));

    [Fact]
    public async Task Damaged_gzip_is_an_error()
    {
        var gzip = Frames.Gzip(Request.ToByteArray());
        await AssertFailsAsync(StatusCode.Internal, Compressed(gzip[..^9]));
        await AssertFailsAsync(StatusCode.Internal, Compressed(gzip[..5]));
        await AssertFailsAsync(StatusCode.Internal, Compressed([.. new byte[20]]));
        gzip[^6] ^= 1;
        await AssertFailsAsync(StatusCode.Internal, Compressed(gzip));
    }

    [Fact]
    public async Task An_empty_message_may_be_compressed_to_nothing() =>
        Assert.Equal([new EchoRequest()], await Frames.ReadAllAsync(Compressed([])));

    private static byte[] Compressed(byte[] gzip)
    {
        var frame = Frames.Frame(gzip);
        frame[0] = 1;
        return frame;
    }

    private static async Task AssertFailsAsync(StatusCode code, byte[] stream, int? maxSize = null, string? encoding = "gzip") =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => Frames.ReadAllAsync(stream, maxSize, encoding))).StatusCode);
}
