using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Hosting;

[Collection(SharedServer.Name)]
public sealed class ReflectionTests(ServerFixture fixture)
{
    [Fact]
    public async Task The_services_and_their_messages_can_be_discovered()
    {
        var client = new ServerReflection.ServerReflectionClient(fixture.Server.Channel);
        using var call = client.ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext());
        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name);
        Assert.Contains("glassbox.v1.VisionLanguageService", names);
        Assert.Contains("grpc.health.v1.Health", names);

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "glassbox.v1.DescribeRegionsRequest" });
        Assert.True(await call.ResponseStream.MoveNext());
        var file = FileDescriptorProto.Parser.ParseFrom(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto[0]);
        Assert.Equal("glassbox/v1/regions.proto", file.Name);
        await call.RequestStream.CompleteAsync();
    }
}
