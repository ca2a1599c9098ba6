using Grpc.Core;
using Inference.Server.Errors;
using Inference.Server.Images;

namespace Inference.Server.Services;

/// <summary>The bytes of an upload so far, within the cap of a file and the budget of all uploads.</summary>
internal sealed class Upload(ByteBudget budget, int maxBytes, TimeSpan retry) : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private long _taken;

    /// <exception cref="RpcException">INVALID_ARGUMENT: above the cap of a file. RESOURCE_EXHAUSTED: the budget is used up.</exception>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (_bytes.Length + chunk.Length > maxBytes)
        {
            var violations = new Violations();
            violations.AddExceeded("chunk", "bytes", ErrorReasons.ImageTooLarge, _bytes.Length + chunk.Length, maxBytes);
            throw violations.ToException();
        }

        // Twice: the buffer grows by copying, and the file is copied out of it.
        var bytes = 2L * chunk.Length;
        if (!budget.TryTake(bytes))
        {
            throw RpcErrors.Exhausted(
                "image bytes", ErrorReasons.ImageBytesExhausted, "Too many bytes of images are in work already.", retry);
        }

        _taken += bytes;
        _bytes.Write(chunk);
    }

    public byte[] ToArray() => _bytes.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Return(_taken);
        _bytes.Dispose();
    }
}
