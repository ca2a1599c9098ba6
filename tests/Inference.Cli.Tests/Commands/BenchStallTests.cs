using Inference.Cli.Benchmarks;
using Inference.Cli.Benchmarks.Stalls;
using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Loading;

namespace Inference.Cli.Tests.Commands;

public sealed class BenchStallTests
{
    [Fact]
    public async Task Streams_are_measured_alone_and_beside_an_image_of_five_tiles()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var shape = RandomShape.Parse("llama:hidden=64,layers=3,heads=4,kv=2,ffn=128,vocab=320", out var _)!;
        var tower = RandomVision.ClipLarge with { Width = 64, Intermediate = 128, Heads = 4, ImageSize = 56 };
        using var decoder = RandomDecoder.Create(backend, shape, NumberFormat.F32, 1024);
        using var vision = RandomVision.Create(backend, tower, 2, shape.Width, NumberFormat.F32);
        var result = await new StallRun(backend, decoder, vision).RunAsync(streams: 2, _ => { });
        // Four tiles of 4 x 4 beside each other with a newline a line, and the view of the whole.
        Assert.Equal((2, 5, 16 + (8 * 9)), (result.Streams, result.Tiles, result.Rows));
        Assert.True(result.Idle.Count > 20);
        Assert.True(result.Idle.P50 <= result.Idle.P99);
        Assert.True(result.FirstToken > 0);
    }

    [Fact]
    public async Task A_shape_that_is_none_is_wrong_usage()
    {
        var run = await CliRun.Of("bench", "stall", "--random", "llama:hidden=4");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--random: layers= is missing", run.Error, StringComparison.Ordinal);
    }
}
