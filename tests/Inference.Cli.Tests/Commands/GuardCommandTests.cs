using System.Text.Json;

namespace Inference.Cli.Tests.Commands;

public sealed class GuardCommandTests
{
    private static readonly string[] Caption = ["generate", "--image", Samples.Scene, "--prompt", "Describe the image."];

    [Fact]
    public async Task A_guard_by_the_bundled_probe_reports_every_clause()
    {
        var plain = await CliRun.Json(Caption);
        var guarded = await CliRun.Json([.. Caption, "--guard", "objects", "--guard-unit", "clause"]);
        Assert.Equal(plain.GetProperty("text").GetString(), guarded.GetProperty("text").GetString());
        var sentences = guarded.GetProperty("guard").GetProperty("sentences").EnumerateArray().ToArray();
        Assert.Equal(
            guarded.GetProperty("text").GetString(), string.Concat(sentences.Select(sentence => sentence.GetProperty("text").GetString())));
        Assert.All(sentences, sentence => Assert.InRange(sentence.GetProperty("score").GetDouble(), 0, 1));
        Assert.False(plain.TryGetProperty("guard", out _));
    }

    [Fact]
    public async Task A_guard_by_claims_samples_again_and_says_what_it_replaced()
    {
        string[] guard =
        [
            "--guard", "claims", "--guard-unit", "clause", "--guard-action", "resample", "--guard-threshold", "0.05",
            "--guard-alternatives", "16", "--guard-attempts", "8", "--guard-tokens", "4000", "--guard-temperature", "2", "--seed", "1",
        ];
        var answer = await CliRun.Json([.. Caption, .. guard]);
        var replaced = answer.GetProperty("guard").GetProperty("sentences").EnumerateArray().Where(Replaced).ToArray();
        Assert.NotEmpty(replaced);
        var run = await CliRun.Of([.. Caption, .. guard]);
        Assert.Equal(replaced.Length, run.Error.Split("guard replaced").Length - 1);
        Assert.Equal(answer.GetProperty("text").GetString(), run.Out.Trim());

        static bool Replaced(JsonElement sentence) => sentence.GetProperty("outcome").GetString() == "replaced";
    }

    [Fact]
    public async Task The_best_of_several_answers_took_more_tokens_than_it_has()
    {
        var answer = await CliRun.Json([.. Caption, "--best-of", "3", "--temperature", "1", "--seed", "5"]);
        var usage = answer.GetProperty("usage");
        Assert.True(usage.GetProperty("sampled_tokens").GetInt32() > 2 * usage.GetProperty("completion_tokens").GetInt32());
        Assert.False(answer.TryGetProperty("claims", out _));
    }

    [Fact]
    public async Task Descriptions_of_regions_are_guarded_one_by_one()
    {
        string[] describe = ["describe", "--image", Samples.Scene, "--region", "69,159,107,197", "--region", "142,36,176,70", "--detail"];
        string[] guard = ["--guard", "claims", "--guard-threshold", "0", "--guard-action", "abstain", "--guard-unit", "clause"];
        var answer = await CliRun.Json([.. describe, .. guard]);
        Assert.All(answer.GetProperty("regions").EnumerateArray(), region =>
        {
            Assert.Equal(("", "guard"), (region.GetProperty("text").GetString(), region.GetProperty("finish_reason").GetString()));
            Assert.Equal(1, region.GetProperty("guard").GetProperty("sentences").GetArrayLength());
        });
        var run = await CliRun.Of([.. describe, .. guard]);
        Assert.Equal(2, run.Error.Split("guard ended the answer").Length - 1);
        Assert.Contains("region 2:", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--verify: found candidates as well", "--verify")]
    [InlineData("--best-of: found candidates as well", "--best-of", "2", "--temperature", "1")]
    [InlineData("--best-of: found --guard", "--best-of", "2", "--guard", "claims")]
    public async Task What_descriptions_cannot_be_had_with_is_said(string message, params string[] options)
    {
        var run = await CliRun.Of(["describe", "--image", Samples.Scene, "--region", "69,159,107,197", "--candidates", "2", .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--guard-action: found no guard", "--guard-action", "abstain")]
    [InlineData("--guard-action: found 'x'; allowed: annotate, verify, abstain, resample", "--guard", "claims", "--guard-action", "x")]
    [InlineData("--guard-rate: found no probe", "--guard", "claims", "--guard-rate", "0.1")]
    [InlineData("--guard-temperature: found 0", "--guard", "claims", "--guard-temperature", "0")]
    [InlineData("--best-of: found 2 at temperature 0", "--image", "SCENE", "--best-of", "2")]
    [InlineData("--best-of: found --guard", "--best-of", "2", "--guard", "claims")]
    [InlineData("--image: found none", "--guard", "claims")]
    public async Task Wrong_usage_says_what_is_allowed(string message, params string[] options)
    {
        var run = await CliRun.Of(
            ["generate", "--prompt", "What?", .. options.Select(option => option == "SCENE" ? Samples.Scene : option)]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
