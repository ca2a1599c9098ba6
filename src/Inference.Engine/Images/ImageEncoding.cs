using Inference.Compute;
using Inference.Engine.Scheduling;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>Encodes the images that running sequences wait for, one after the other, in slices.</summary>
internal sealed class ImageEncoding(IBackend backend, VisionEncoder? encoder) : IDisposable
{
    private EngineImage? _image;
    private VisionRun? _run;

    /// <summary>Runs up to <paramref name="slices"/> slices of the tower for the first image that is waited for.</summary>
    /// <returns>Whether there was one.</returns>
    public bool RunSlices(List<Sequence> running, int slices)
    {
        if (_image is null && Next(running) is { } next)
        {
            _image = next.AddReference();
            _run = encoder!.Begin(next.Pixels, next.Plan, next.Reduction);
        }

        if (_image is not { } image || _run is not { } run)
        {
            return false;
        }

        if (encoder!.Advance(run, slices))
        {
            image.SetFeatures(run.Features!);
            Report(running, image);
            Abandon();
        }

        return true;
    }

    /// <summary>Forgets the image at hand.</summary>
    /// <returns>That image.</returns>
    public EngineImage? Abandon()
    {
        var image = _image;
        _run?.Dispose();
        image?.Release();
        (_image, _run) = (null, null);
        return image;
    }

    private static EngineImage? Next(List<Sequence> running)
    {
        foreach (var sequence in running)
        {
            if (sequence.PendingImage() is { } image)
            {
                return image;
            }
        }

        return null;
    }

    private void Report(List<Sequence> running, EngineImage image)
    {
        foreach (var sequence in running)
        {
            for (var i = 0; sequence.Request.Trace is { } trace && i < sequence.Request.Images.Count; i++)
            {
                if (ReferenceEquals(sequence.Request.Images[i], image))
                {
                    var rows = image.Features!.Rows;
                    var values = new float[rows.Rows * rows.Columns];
                    backend.Download(rows.Buffer, rows.Offset, values);
                    trace.OnImageFeatures(i, values, rows.Columns);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Abandon();
}
