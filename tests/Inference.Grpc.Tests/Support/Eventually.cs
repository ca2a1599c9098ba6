namespace Inference.Grpc.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits until the condition holds; false after five seconds.</summary>
    public static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 250; i++)
        {
            if (await condition()) return true;
            await Task.Delay(20);
        }
        return false;
    }
}
