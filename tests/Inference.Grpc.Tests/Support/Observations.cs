using Inference.Grpc.Tests.Protos;

namespace Inference.Grpc.Tests.Support;

internal static class Observations
{
    /// <summary>Waits until the service has ended that call because its token fired; fails after five seconds.</summary>
    public static async Task AssertTokenFiresAsync(EchoService.EchoServiceClient client, string callId)
    {
        var seen = new ObserveResponse();
        for (var i = 0; i < 250 && !seen.Finished; i++)
        {
            seen = await client.ObserveAsync(new ObserveRequest { CallId = callId });
            await Task.Delay(20);
        }
        Assert.True(seen is { Started: true, TokenFired: true, Finished: true }, $"call '{callId}': {seen}");
    }
}
