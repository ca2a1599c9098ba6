namespace Inference.Cli.Tests.Commands;

/// <summary>Packed weights that are kept from one command to the next.</summary>
public sealed class PackCacheTests
{
    [Theory]
    [InlineData("--shared-packs")]
    [InlineData(null)]
    public async Task The_next_command_answers_as_the_one_that_packed(string? memory)
    {
        var folder = Directory.CreateTempSubdirectory("glassbox-test-");
        try
        {
            string[] command =
            [
                "generate", "--image", Samples.Scene, "--prompt", "What is in the picture?", "--max-tokens", "8", "--temperature", "0",
                "--pack-cache", folder.FullName, .. memory is null ? Array.Empty<string>() : [memory],
            ];
            var packed = await CliRun.Json(command);
            var file = Assert.Single(folder.GetFiles());
            var mapped = await CliRun.Json(command);
            Assert.Equal(packed.GetProperty("token_ids").ToString(), mapped.GetProperty("token_ids").ToString());
            Assert.Equal(file.LastWriteTimeUtc, Assert.Single(folder.GetFiles()).LastWriteTimeUtc);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Sharing_what_is_not_kept_is_refused()
    {
        var run = await CliRun.Of("generate", "--prompt", "What?", "--shared-packs");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--shared-packs: found no kept weights", run.Error, StringComparison.Ordinal);
    }
}
