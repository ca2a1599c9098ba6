namespace Inference.Cli.Tests.Commands;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task The_demo_describes_regions_over_grpc_and_ends()
    {
        var run = await CliRun.Of("demo", "--scene", "0003");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"server +http://127\.0\.0\.1:\d+/", run.Out);
        Assert.Contains("the small green ring, left of the small black cross", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"the purple cross\" → [", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Out);
    }
}
