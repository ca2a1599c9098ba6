using Inference.Testing;

namespace Inference.Cli.Tests;

/// <summary>Exit codes, and what people read when something is wrong.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] Commands = ["demo", "serve", "describe", "generate", "locate", "trace", "tokenize", "info", "bench"];

    [Fact]
    public async Task Help_lists_every_command()
    {
        var run = await CliRun.Of("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All(Commands, command => Assert.Contains($"  {command} ", run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_is_three_numbers()
    {
        var run = await CliRun.Of("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", run.Out);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("generate")]
    [InlineData("generate --prompt a --nonsense")]
    [InlineData("generate --prompt a --temperature hot")]
    [InlineData("generate --prompt a --temperature -1")]
    [InlineData("generate --prompt a --top-p 0")]
    [InlineData("generate --prompt a --min-p 2")]
    [InlineData("generate --prompt a --max-tokens 0")]
    [InlineData("generate --prompt a --threads 0")]
    [InlineData("generate --prompt a --seed -4")]
    [InlineData("generate --prompt a --logprobs 21")]
    [InlineData("generate --prompt a --server ftp://somewhere")]
    [InlineData("describe --image a.png")]
    [InlineData("describe --image a.png --region 1,2,3")]
    [InlineData("describe --image a.png --region 1,2,3,x")]
    [InlineData("describe --image a.png --region 5,5,5,9")]
    [InlineData("describe --image a.png --region 1,1,5,9 --space inches")]
    [InlineData("locate --image a.png")]
    [InlineData("trace --prompt a")]
    [InlineData("trace --prompt a --out b --chunk 0")]
    [InlineData("trace --prompt a --out b --beside -1")]
    [InlineData("tokenize")]
    [InlineData("bench --random gpt:hidden=1")]
    [InlineData("bench --format int3")]
    [InlineData("serve --port 70000")]
    [InlineData("serve --tls-key a.pem")]
    [InlineData("serve --model a=x --model a=y")]
    public async Task Wrong_usage_is_exit_code_2_with_a_reason_on_standard_error(string line)
    {
        var run = await CliRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.StartsWith("glassbox: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_exit_code_1_and_one_line()
    {
        string[][] calls =
        [
            ["generate", "--model", "/nowhere/at/all", "--prompt", "a"],
            ["generate", "--image", "/nowhere.png", "--prompt", "a"],
            ["generate", "--image", Path.Combine(Samples.Model, "config.json"), "--prompt", "a"],
            ["describe", "--image", Samples.Scene, "--region", "0,0,225,10"],
            ["generate", "--prompt", "a", "--context", "4"],
            ["generate", "--prompt", "a", "--server", "127.0.0.1:1"],
            ["trace", "--raw", "--prompt", "<image>", "--out", "/nowhere/trace", "--model", Goldens.Folder(Goldens.ClipLlama)],
            ["tokenize", "--tokenizer", "/nowhere"],
            ["info", "--model", "/nowhere"],
            ["demo", "--scene", "9999"],
        ];
        foreach (var call in calls)
        {
            var run = await CliRun.Of(call);
            Assert.True(run.ExitCode == 1, $"{string.Join(' ', call)}: {run.ExitCode} {run.Error}");
            Assert.Empty(run.Out);
            Assert.Matches("^glassbox: [^\n]+\n$", run.Error);
            Assert.DoesNotContain("unexpected failure", run.Error, StringComparison.Ordinal);
        }
    }
}
