using Inference.Compute;
using Inference.Engine.Scheduling;
using Inference.Models.Vision;

namespace Inference.Engine;

/// <summary>Encodes the images that running sequences wait for, in slices, as many together as the encoder takes at once.</summary>
internal sealed class ImageEncoding(IBackend backend, VisionEncoder? encoder) : IDisposable
{
    private readonly List<EngineImage> _images = [];
    private readonly List<VisionRun> _runs = [];

    /// <summary>Runs up to <paramref name="slices"/> slices of the tower for the first images that are waited for.</summary>
    /// <returns>How many ran; 0 where no image is waited for.</returns>
    public int RunSlices(RunningBatch batch, int slices)
    {
        Gather(batch.Sequences);
        if (_runs.Count == 0)
        {
            return 0;
        }

        var ran = encoder!.Advance(_runs, slices);
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            if (_runs[i].Features is { } features)
            {
                _images[i].SetFeatures(features);
                Report(batch, _images[i]);
                Remove(i);
            }
        }

        return ran;
    }

    /// <summary>
    /// Something failed: forgets the images at hand. Where they were several, each will go through by itself, so that only that which is to
    /// blame fails.
    /// </summary>
    /// <returns>The image that is to blame, or null where that is to be found out.</returns>
    public EngineImage? Abandon()
    {
        var blamed = _images.Count == 1 ? _images[0] : null;
        _images.ForEach(static image => image.IsSuspect = true);
        Clear();
        return blamed;
    }

    private void Gather(List<Sequence> running)
    {
        var tiles = 0;
        foreach (var image in _images)
        {
            tiles += image.Pixels.Tiles;
        }

        for (var i = 0; i < running.Count && tiles < encoder?.TilesAtOnce && (_images is [] || !_images[0].IsSuspect); i++)
        {
            while (tiles < encoder.TilesAtOnce && running[i].PendingImage(_images) is { } image && (!image.IsSuspect || _images is []))
            {
                // Before it begins: one that cannot begin is to blame too.
                _images.Add(image.AddReference());
                _runs.Add(encoder.Begin(image.Pixels, image.Plan, image.Reduction));
                tiles += image.IsSuspect ? encoder.TilesAtOnce : image.Pixels.Tiles;
            }
        }
    }

    private void Remove(int index)
    {
        _runs[index].Dispose();
        _runs.RemoveAt(index);
        _images[index].Release();
        _images.RemoveAt(index);
    }

    private void Clear()
    {
        encoder?.Abandon();
        _runs.ForEach(static run => run.Dispose());
        _images.ForEach(static image => image.Release());
        _runs.Clear();
        _images.Clear();
    }

    private void Report(RunningBatch batch, EngineImage image)
    {
        foreach (var sequence in batch.Sequences.FindAll(static sequence => sequence.Request.Trace is not null))
        {
            try
            {
                Report(sequence.Request, image);
            }
#pragma warning disable CA1031 // A trace that breaks ends its sequence and nothing else.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                batch.End(sequence, FinishReason.Failed, failure);
            }
        }
    }

    private void Report(GenerationRequest request, EngineImage image)
    {
        for (var i = 0; i < request.Images.Count; i++)
        {
            if (ReferenceEquals(request.Images[i], image))
            {
                var rows = image.Features!.Rows;
                var values = new float[rows.Rows * rows.Columns];
                backend.Download(rows.Buffer, rows.Offset, values);
                request.Trace!.OnImageFeatures(i, values, rows.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
