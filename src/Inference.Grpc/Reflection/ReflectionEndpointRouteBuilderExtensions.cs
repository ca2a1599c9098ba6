using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the standard reflection service.</summary>
public static class ReflectionEndpointRouteBuilderExtensions
{
    // The same messages under the name that older clients ask for first.
    private static readonly Method<ServerReflectionRequest, ServerReflectionResponse> AlphaMethod = new(
        MethodType.DuplexStreaming,
        "grpc.reflection.v1alpha.ServerReflection",
        nameof(ServerReflection.ServerReflectionBase.ServerReflectionInfo),
        CreateMarshaller(ServerReflectionRequest.Parser),
        CreateMarshaller(ServerReflectionResponse.Parser));

    /// <summary>
    /// Lets clients discover these services, with grpc.reflection.v1 and v1alpha:
    /// <c>app.MapGrpcReflectionService(EchoService.Descriptor, Health.Descriptor)</c>.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcReflectionService(
        this IEndpointRouteBuilder endpoints, params IEnumerable<ServiceDescriptor> services)
    {
        var service = new ReflectionService(new DescriptorIndex([.. services, ServerReflection.Descriptor]));
        return endpoints.MapGrpcMethods(binder =>
        {
            ServerReflection.BindService(binder, service);
            DuplexStreamingServerMethod<ServerReflectionRequest, ServerReflectionResponse> answer = service.ServerReflectionInfo;
            binder.AddMethod(AlphaMethod, answer);
        });
    }

    private static Marshaller<T> CreateMarshaller<T>(MessageParser<T> parser)
        where T : class, IMessage<T>, IBufferMessage =>
        Marshallers.Create<T>(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
