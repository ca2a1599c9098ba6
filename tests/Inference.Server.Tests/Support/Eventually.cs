namespace Inference.Server.Tests.Support;

/// <summary>Waits for what another thread is about to do.</summary>
internal static class Eventually
{
    public static async Task True(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 400; i++)
        {
            if (await condition())
                return;
            await Task.Delay(10);
        }
        Assert.Fail("it did not become true within 4 seconds");
    }
}
