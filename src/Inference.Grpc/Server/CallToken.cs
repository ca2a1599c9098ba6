namespace Grpc.AspNetCore.Server;

internal static class CallToken
{
    /// <summary>A token that fires with either; makes a linked source, to be disposed, only where two different tokens can fire.</summary>
    public static CancellationTokenSource? Join(CancellationToken call, CancellationToken own, out CancellationToken token)
    {
        if (!own.CanBeCanceled || own == call)
        {
            token = call;
            return null;
        }
        var either = CancellationTokenSource.CreateLinkedTokenSource(call, own);
        token = either.Token;
        return either;
    }
}
