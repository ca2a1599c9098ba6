using Glassbox.V1;

namespace Inference.Server.Tests.Support;

/// <summary>
/// A request whose answer fills the context: at temperature 100 the end token is a matter of luck, so a seed is looked for once.
/// </summary>
internal static class LongRun
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static ulong? _seed;

    public static async Task<ulong> Seed(VisionLanguageService.VisionLanguageServiceClient client)
    {
        await Gate.WaitAsync();
        try
        {
            for (ulong seed = 1; _seed is null && seed < 100; seed++)
            {
                if ((await client.Complete(Ask.Long(5000, seed))).FinishReason == FinishReason.ContextFull)
                    _seed = seed;
            }
            return _seed ?? throw new InvalidOperationException("no seed gives a long answer");
        }
        finally
        {
            Gate.Release();
        }
    }
}
