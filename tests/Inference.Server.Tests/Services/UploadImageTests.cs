using System.Security.Cryptography;
using Glassbox.V1;
using Google.Protobuf;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Images by upload and by reference.</summary>
[Collection(SharedServer.Name)]
public sealed class UploadImageTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task An_uploaded_image_is_known_by_its_digest_and_gives_the_same_answer()
    {
        var scene = Demo.Scene("images/0042.png");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(scene));
        var unknown = await Streams.Fails(Client.Generate(ByDigest(sha256)));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "IMAGE_NOT_CACHED", sha256),
            (unknown.StatusCode, unknown.Reason(), unknown.Metadata("sha256")));
        Assert.Equal("messages[0].parts[0].image", unknown.Metadata("field"));

        var uploaded = await Upload(scene, chunk: 1000);
        Assert.Equal(
            (sha256, 224u, 224u, 64u), (uploaded.Image.Sha256, uploaded.Image.Width, uploaded.Image.Height, uploaded.Image.ImageTokens));
        Assert.Equal(((ulong)scene.Length, ImageFormat.Png), (uploaded.SizeBytes, uploaded.Format));
        Assert.Equal((await Client.Complete(Ask.Generate(image: scene))).Text, (await Client.Complete(ByDigest(sha256))).Text);
    }

    [Fact]
    public async Task An_image_that_an_earlier_request_brought_is_known_too()
    {
        var scene = Demo.Scene("images/0043.png");
        var text = (await Client.Complete(Ask.Generate(image: scene))).Text;
        Assert.Equal(text, (await Client.Complete(ByDigest(Convert.ToHexStringLower(SHA256.HashData(scene))))).Text);
    }

    [Fact]
    public async Task An_upload_above_the_cap_is_refused_before_its_end()
    {
        using var call = Client.UploadImage();
        var chunk = new UploadImageRequest { Chunk = ByteString.CopyFrom(new byte[4 << 20]) };
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (var i = 0; i < 20; i++)
                await call.RequestStream.WriteAsync(chunk);
            await call.RequestStream.CompleteAsync();
            await call;
        });
        Assert.Equal((StatusCode.InvalidArgument, "IMAGE_TOO_LARGE"), (failure.StatusCode, failure.Reason()));
        Assert.Equal(["chunk"], failure.Fields());
        Assert.Equal($"{32 << 20}", failure.Metadata("limit"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an image at all")]
    public async Task What_is_no_image_is_refused(string text)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => Upload(System.Text.Encoding.ASCII.GetBytes(text), chunk: 7));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(["chunk"], failure.Fields());
    }

    [Fact]
    public async Task An_upload_for_an_unknown_model_is_not_found()
    {
        using var call = Client.UploadImage();
        await call.RequestStream.WriteAsync(new UploadImageRequest { Model = "no such", Chunk = ByteString.CopyFrom(Demo.FirstScene) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    private static GenerateRequest ByDigest(string sha256) => new() { Messages = { Ask.User("Describe the image.", Ask.Image(sha256)) } };

    private async Task<UploadImageResponse> Upload(byte[] bytes, int chunk)
    {
        using var call = Client.UploadImage();
        for (var i = 0; i < bytes.Length; i += chunk)
            await call.RequestStream.WriteAsync(new UploadImageRequest
            {
                Chunk = ByteString.CopyFrom(bytes, i, Math.Min(chunk, bytes.Length - i)),
            });
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
