using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;

namespace Inference.Grpc.Tests.Reflection;

public class ReflectionTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly ReflectionService Service = new(new DescriptorIndex([EchoService.Descriptor]));

    [Fact]
    public async Task Services_and_files_are_found_over_the_wire()
    {
        using var call = new ServerReflection.ServerReflectionClient(server.CreateChannel()).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(
            ["glassbox.test.v1.EchoService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"],
            call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name));
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "glassbox.test.v1.EchoService" });
        Assert.True(await call.ResponseStream.MoveNext());
        var file = FileDescriptorProto.Parser.ParseFrom(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto[0]);
        Assert.Equal("echo.proto", file.Name);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory]
    [InlineData("glassbox.test.v1.EchoService.EchoMany")]
    [InlineData("glassbox.test.v1.EchoRequest")]
    [InlineData(".glassbox.test.v1.EchoRequest.call_id")]
    [InlineData("glassbox.test.v1.Failure")]
    [InlineData("glassbox.test.v1.FAILURE_RICH")]
    public void Every_kind_of_symbol_is_found(string symbol)
    {
        var response = Service.Answer(new ServerReflectionRequest { FileContainingSymbol = symbol });
        Assert.Equal(EchoReflection.Descriptor.SerializedData, response.FileDescriptorResponse.FileDescriptorProto.Single());
    }

    [Fact]
    public void A_file_comes_first_and_its_imports_after_it()
    {
        var index = DescriptorIndex.WithImports(Google.Rpc.StatusReflection.Descriptor);
        Assert.Equal(["google/protobuf/any.proto", "google/rpc/status.proto"], index.Select(file => file.Name));
    }

    [Fact]
    public void Unknown_names_and_empty_requests_are_errors_within_the_stream()
    {
        Assert.Equal(StatusCode.NotFound, ErrorOf(new ServerReflectionRequest { FileByFilename = "none.proto" }));
        Assert.Equal(StatusCode.NotFound, ErrorOf(new ServerReflectionRequest { FileContainingSymbol = "none" }));
        Assert.Equal(StatusCode.NotFound, ErrorOf(new ServerReflectionRequest { AllExtensionNumbersOfType = "none" }));
        Assert.Equal(StatusCode.InvalidArgument, ErrorOf(new ServerReflectionRequest()));

        static StatusCode ErrorOf(ServerReflectionRequest request) => (StatusCode)Service.Answer(request).ErrorResponse.ErrorCode;
    }

    [Fact]
    public void A_known_message_has_no_extensions()
    {
        var response = Service.Answer(new ServerReflectionRequest { AllExtensionNumbersOfType = "glassbox.test.v1.EchoRequest" });
        Assert.Empty(response.AllExtensionNumbersResponse.ExtensionNumber);
    }
}
