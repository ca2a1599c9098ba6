using System.Runtime.CompilerServices;
using Inference.Decoding.Sampling;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Models.Regions;

namespace Inference.Grounding.Importance;

/// <summary>How candidates are elicited for <see cref="ImportanceTrial"/>.</summary>
/// <param name="Layers">Layers that may be subtracted.</param>
/// <param name="PerRegion">How many of them describe each region; the reference takes four of eight.</param>
/// <param name="Regions">Regions to draw from the data; all where there are fewer.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record ImportanceSettings(IReadOnlyList<int> Layers, int PerRegion, int Regions, ulong Seed);

/// <summary>
/// Describes a sample of regions with layers subtracted, has each text located again and scores it by the reference's rule. The layers
/// of a region are drawn at random and stand in the order of the draw, so that ties, which the first of them wins, favour no layer.
/// </summary>
public sealed class ImportanceTrial(ModelHost host, ServedModel model, ImportanceSettings settings)
{
    private const int MaxTokens = 50;
    private const uint RegionStream = 2;
    private const uint LayerStream = 3;

    /// <summary>The scores, region by region in an order of its own that the seed decides.</summary>
    /// <param name="images">The data.</param>
    /// <param name="read">Gives the encoded file of an image.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Models.Imaging.ImageException">A file is no image.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LayerOutcome>> RunAsync(
        IReadOnlyList<AnnotatedImage> images, Func<string, byte[]> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string File, Box Box)[] regions = [.. images.SelectMany(image => image.Boxes.Select(box => (image.File, box)))];
        Shuffle(regions, Draws(RegionStream, 0));
        var atOnce = Math.Max(1, 32 / settings.PerRegion);
        var drawn = regions.Take(settings.Regions).Select((region, i) => (region.File, region.Box, Index: (ulong)i));
        foreach (var batch in drawn.Chunk(atOnce))
        {
            var outcomes = batch.Select(region => DescribeAsync(read(region.File), region.Box, region.Index, cancellationToken)).ToArray();
            foreach (var outcome in outcomes)
            {
                yield return await outcome.ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyList<LayerOutcome>> DescribeAsync(
        byte[] file, Box normalized, ulong index, CancellationToken cancellationToken)
    {
        int[] layers = [.. settings.Layers];
        Shuffle(layers, Draws(LayerStream, index));
        layers = layers[..Math.Min(settings.PerRegion, layers.Length)];
        using var image = host.Prepare(model, file);
        var box = RegionValidator.ToPixels(normalized, CoordinateSpace.Unit, image.Width, image.Height, "objects");
        var prompt = model.EncodeRegion(image.View, image.Rows, box, inDetail: false);
        var greedy = model.Resolve(new SamplingOverrides { Temperature = 0, MaxTokens = MaxTokens }, settings.Seed);
        var result = await CycleRun.Start(new Answerer(host), new CycleRequest
        {
            Model = model,
            Image = image,
            Prompt = prompt,
            Region = box,
            Candidates = [.. layers.Select(layer => CandidateSource.OfLayer(layer).Apply(model, greedy))],
            Listener = new CycleListener(model, image, greedy),
            Ranking = CandidateRanking.IouShareConfidence,
        }, cancellationToken).Completion.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. result.Candidates.Select((candidate, i) => new LayerOutcome(layers[i], candidate.Score))];
    }

    // Fisher-Yates.
    private static void Shuffle<T>(T[] items, IEnumerator<double> draws)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            draws.MoveNext();
            var j = (int)(draws.Current * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    // Uniform numbers that only belong to one use of the seed: the region takes the high half of the position.
    private IEnumerator<double> Draws(uint stream, ulong region)
    {
        for (var i = region << 32; ; i++)
        {
            yield return Philox4x32.Uniform(settings.Seed, i, stream);
        }
    }
}
