using Inference.Grounding;

namespace Inference.Server.Images;

/// <summary>The images of a request, ready for the engine, and the bytes they are allowed to hold until it has taken them.</summary>
internal sealed class PreparedImages(ByteBudget budget, long bytes) : IDisposable
{
    private readonly List<PreparedImage> _images = [];
    private long _bytes = bytes;

    public IReadOnlyList<PreparedImage> Images => _images;

    public TimeSpan DecodeTime => new(_images.Sum(image => image.DecodeTime.Ticks));

    public TimeSpan PreprocessTime => new(_images.Sum(image => image.PreprocessTime.Ticks));

    public void Add(PreparedImage image) => _images.Add(image);

    /// <summary>Gives back all bytes but these.</summary>
    public void KeepOnly(long bytes)
    {
        var kept = Math.Min(bytes, _bytes);
        budget.Return(_bytes - kept);
        _bytes = kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        KeepOnly(0);
        foreach (var image in _images)
        {
            image.Dispose();
        }

        _images.Clear();
    }
}
