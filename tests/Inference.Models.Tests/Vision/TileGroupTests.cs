using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Imaging;
using Inference.Models.Loading;
using Inference.Models.Vision;

namespace Inference.Models.Tests.Vision;

/// <summary>Tiles of several images that go through the tower together.</summary>
public sealed class TileGroupTests
{
    // 82 tokens a tile: six go together.
    private static readonly VisionShape Shape = new()
    {
        Width = 32, Intermediate = 48, Heads = 2, NormEpsilon = 1e-5f, Activation = Activation.QuickGelu, ImageSize = 36, PatchSize = 4,
        ClassToken = true,
    };

    [Theory]
    [InlineData(1, null)]
    [InlineData(7, null)]
    [InlineData(25, null)]
    [InlineData(int.MaxValue, null)]
    [InlineData(1, "visionzip")]
    [InlineData(int.MaxValue, "visionzip")]
    public void Neighbours_and_slices_change_no_bit(int slices, string? reduction)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var encoder = RandomVision.Create(backend, Shape, blocks: 2, decoderWidth: 24, NumberFormat.BF16);
        Assert.Equal(6, encoder.TilesAtOnce);
        (PixelValues Pixels, ImagePlan Plan)[] images = [Image(1, 5), Image(2, 3), Image(3, 5), Image(4, 1)];
        var reducing = reduction is null ? null : new ImageReduction(ReductionRegistry.Find(reduction)!, 0.5);
        var alone = images.Select(image => Rows(backend, encoder.Encode(image.Pixels, image.Plan, reducing))).ToArray();

        var runs = images.Select(image => encoder.Begin(image.Pixels, image.Plan, reducing)).ToArray();
        var ran = 0;
        while (encoder.Advance(runs, slices) is > 0 and var some)
        {
            Assert.InRange(some, 1, slices);
            ran += some;
        }

        // Six a block and four of the projector.
        Assert.Equal(14 * ((2 * 6) + 4), ran);
        Assert.Equal(alone, runs.Select(run => Rows(backend, run.Features!)));
        Assert.Equal(4, alone.Select(rows => rows[0]).Distinct().Count());
        Array.ForEach(runs, run => run.Dispose());
    }

    [Fact]
    public void An_abandoned_group_leaves_nothing_to_the_next()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var encoder = RandomVision.Create(backend, Shape, blocks: 2, decoderWidth: 24, NumberFormat.BF16);
        var (first, second) = (Image(1, 5), Image(2, 3));
        var expected = Rows(backend, encoder.Encode(second.Pixels, second.Plan));
        using (var run = encoder.Begin(first.Pixels, first.Plan))
        {
            Assert.Equal(9, encoder.Advance([run], 9));
            Assert.Null(run.Features);
        }

        encoder.Abandon();
        Assert.Equal(expected, Rows(backend, encoder.Encode(second.Pixels, second.Plan)));
    }

    private static (PixelValues Pixels, ImagePlan Plan) Image(int seed, int tiles)
    {
        var random = new Random(seed);
        var side = Shape.ImageSize;
        var data = Enumerable.Range(0, tiles * 3 * side * side).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var grid = (Rows: 1, Columns: tiles - 1);
        var original = (Height: side, Width: Math.Max(1, grid.Columns) * side);
        return (
            new PixelValues(tiles, 3, side, side, data, original),
            new ImagePlan(tiles, side, side, grid, original, BoxMapping.Whole(original.Width, original.Height)));
    }

    private static float[] Rows(CpuBackend backend, ImageFeatures features)
    {
        var values = new float[features.Rows.Rows * features.Rows.Columns];
        backend.Download(features.Rows.Buffer, features.Rows.Offset, values);
        features.Dispose();
        return values;
    }
}
