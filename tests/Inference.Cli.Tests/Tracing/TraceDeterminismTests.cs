using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>How a request is run never changes a bit of what is written.</summary>
public sealed class TraceDeterminismTests
{
    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.NextMistral)]
    [InlineData(Goldens.SiglipQwen2)]
    public async Task Chunks_other_requests_and_threads_change_no_bit(string model)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(model)[0];
        var alone = await Trace(golden, folder.File("alone"), "--threads", "1");

        Assert.Equal(alone, await Trace(golden, folder.File("chunked"), "--threads", "1", "--chunk", "7"));
        Assert.Equal(alone, await Trace(golden, folder.File("threads"), "--threads", "2"));
        Assert.Equal(alone, await Trace(golden, folder.File("beside"), "--threads", "2", "--beside", "16"));
        Assert.Equal(alone, await Trace(golden, folder.File("all"), "--threads", "2", "--beside", "5", "--chunk", "3"));
    }

    [Theory]
    [InlineData("vcd", "alpha=0", "relative-top=0")]
    [InlineData("m3id", "lambda=0")]
    public async Task A_companion_without_weight_changes_no_bit(string strategy, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(Goldens.ClipLlama)[0];
        string[] flags = ["--strategy", strategy, .. settings.SelectMany(setting => (string[])["--set", setting])];
        Assert.Equal(await Trace(golden, folder.File("plain")), await Trace(golden, folder.File("weightless"), flags));
    }

    [Theory]
    [InlineData("vcd", "relative-top=0")]
    [InlineData("m3id", "alpha=1")]
    public async Task Chunks_other_requests_and_threads_change_no_bit_of_a_contrast(string strategy, string setting)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(Goldens.NextMistral)[0];
        string[] flags = ["--strategy", strategy, "--set", setting];
        var alone = await Trace(golden, folder.File("alone"), [.. flags, "--threads", "1"]);
        Assert.NotEqual(alone, await Trace(golden, folder.File("plain"), "--threads", "1"));
        Assert.Equal(alone, await Trace(golden, folder.File("all"), [.. flags, "--threads", "2", "--beside", "5", "--chunk", "3"]));
    }

    private static async Task<byte[]> Trace(GoldenCase golden, string path, params string[] options)
    {
        var run = await CliRun.Of([.. golden.TraceArguments(path), .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        return await File.ReadAllBytesAsync(path);
    }
}
