using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Wire;
using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Wire;

public class MessageWriterTests
{
    private static readonly EchoRequest Request = new() { Text = "out", Payload = ByteString.CopyFrom(new byte[50_000]) };

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    [Fact]
    public async Task A_message_of_declared_length_goes_out_as_one_frame() =>
        Assert.Equal(Frames.Frame(Request), await WrittenAsync(WriteDeclared));

    [Fact]
    public async Task A_message_of_undeclared_length_goes_out_as_one_frame() =>
        Assert.Equal(Frames.Frame(Request), await WrittenAsync((message, context) =>
        {
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        }));

    [Fact]
    public async Task A_message_given_as_an_array_goes_out_as_one_frame() =>
        Assert.Equal(Frames.Frame(Request), await WrittenAsync((message, context) => context.Complete(message.ToByteArray())));

    [Fact]
    public async Task A_compressed_message_can_be_read_again()
    {
        var frame = await WrittenAsync(WriteDeclared, CompressionLevel.Fastest);
        Assert.Equal(1, frame[0]);
        Assert.True(frame.Length < 1000);
        Assert.Equal([Request], await Frames.ReadAllAsync(frame));
    }

    [Fact]
    public async Task An_empty_message_goes_out_uncompressed()
    {
        using var writer = new MessageWriter(_pipe.Writer, maxSize: null);
        writer.Write(new EchoRequest(), WriteDeclared, CompressionLevel.Fastest);
        await _pipe.Writer.FlushAsync();
        Assert.Equal(new byte[5], (await _pipe.Reader.ReadAsync()).Buffer.FirstSpan.ToArray());
    }

    [Fact]
    public async Task A_message_above_the_cap_writes_nothing()
    {
        using var writer = new MessageWriter(_pipe.Writer, maxSize: 1000);
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => writer.Write(Request, WriteDeclared)).StatusCode);
        Assert.False(writer.IsBroken);
        await _pipe.Writer.CompleteAsync();
        Assert.True((await _pipe.Reader.ReadAsync()).Buffer.IsEmpty);
    }

    [Fact]
    public void A_serializer_that_fails_half_way_marks_the_stream_as_broken()
    {
        using var writer = new MessageWriter(_pipe.Writer, maxSize: null);
        Assert.Throws<InvalidOperationException>(() => writer.Write(Request, (_, context) =>
        {
            context.SetPayloadLength(10);
            throw new InvalidOperationException("half-way");
        }));
        Assert.True(writer.IsBroken);
    }

    [Fact]
    public void A_serializer_must_complete_its_message()
    {
        using var writer = new MessageWriter(_pipe.Writer, maxSize: null);
        Assert.Throws<InvalidOperationException>(() => writer.Write(Request, (_, _) => { }));
    }

    [Fact]
    public void Writing_messages_allocates_nothing_once_buffers_are_there()
    {
        var pipe = PipeWriter.Create(Stream.Null);
        using var writer = new MessageWriter(pipe, maxSize: null);
        WriteMany(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteMany(1000);
        var perMessage = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0;
        Assert.True(perMessage < 16, $"{perMessage} bytes allocated per message");

        void WriteMany(int count)
        {
            var message = new EchoResponse { Text = "token", Index = 7 };
            for (var i = 0; i < count; i++)
            {
                writer.Write(message, WriteDeclared);
                var flush = pipe.FlushAsync();
                Assert.True(flush.IsCompletedSuccessfully);
                _ = flush.Result;
            }
        }
    }

    private static void WriteDeclared<T>(T message, SerializationContext context)
        where T : IMessage<T>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private async Task<byte[]> WrittenAsync(Action<EchoRequest, SerializationContext> serializer, CompressionLevel? compression = null)
    {
        using var writer = new MessageWriter(_pipe.Writer, maxSize: null);
        writer.Write(Request, serializer, compression);
        await _pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await _pipe.Reader.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
