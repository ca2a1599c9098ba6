using Inference.Testing;

namespace Inference.Cli.Tests.Commands;

/// <summary>The list of strategies, and how wrong ones are refused.</summary>
public sealed class StrategiesCommandTests
{
    [Fact]
    public async Task Every_strategy_is_listed_with_its_settings()
    {
        var listed = (await CliRun.Json("strategies")).GetProperty("strategies").EnumerateArray().ToList();
        Assert.Equal(
            ["apc", "unleash", "dola", "pie", "deco", "layer-mix", "vcd", "m3id"],
            listed.Select(strategy => strategy.GetProperty("name").GetString()));
        var text = (await CliRun.Of("strategies")).Out;
        foreach (var setting in listed.SelectMany(strategy => strategy.GetProperty("settings").EnumerateArray()))
        {
            Assert.Contains(
                $"--set {setting.GetProperty("name").GetString()}={setting.GetProperty("default").GetString()}", text,
                StringComparison.Ordinal);
            Assert.NotEmpty(setting.GetProperty("allowed").GetString()!);
        }
    }

    [Theory]
    [InlineData("--strategy: found oracle; allowed: apc, unleash, dola, pie, deco, layer-mix, vcd, m3id", "--strategy", "oracle")]
    [InlineData("--set: found layer; allowed: layers, relative-top", "--strategy", "dola", "--set", "layer=1")]
    [InlineData("--set: found layer=1 without --strategy; allowed: with one", "--set", "layer=1")]
    [InlineData("layer: found 9; allowed: 0 to 8", "--strategy", "unleash", "--set", "layer=9")]
    public async Task A_wrong_strategy_or_setting_is_wrong_usage_and_says_what_is_allowed(string message, params string[] flags)
    {
        using var folder = new TemporaryFolder();
        var run = await CliRun.Of(
            ["trace", "--model", Goldens.Folder(Goldens.LlamaDeep), "--prompt", "a", "--raw", "--out", folder.File("t"), .. flags]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
