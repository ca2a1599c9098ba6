using Glassbox.V1;
using Grpc.Core;

namespace Inference.Server.Tests.Support;

/// <summary>Reads whole streams.</summary>
internal static class Streams
{
    public static async Task<List<T>> ReadAll<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            List<T> events = [];
            await foreach (var next in call.ResponseStream.ReadAllAsync())
                events.Add(next);
            return events;
        }
    }

    public static async Task<Completed> Complete(this VisionLanguageService.VisionLanguageServiceClient client, GenerateRequest request) =>
        (await ReadAll(client.Generate(request)))[^1].Completed;

    /// <summary>The status that a stream ends with.</summary>
    public static Task<RpcException> Fails<T>(AsyncServerStreamingCall<T> call) => Assert.ThrowsAsync<RpcException>(() => ReadAll(call));
}
