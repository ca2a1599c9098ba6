namespace Inference.Cli.Tests.Commands;

public sealed class BenchWorkloadCommandTests
{
    private const string Shape = "llama:hidden=64,layers=3,heads=4,kv=2,ffn=128,vocab=320";

    [Fact]
    public async Task Requests_with_an_image_in_common_are_measured_whole_and_pruned()
    {
        string[] sizes = ["--requests", "3", "--shared-tokens", "4", "--image-rows", "20", "--own-tokens", "6", "--decode-tokens", "3"];
        var plain = await CliRun.Json(["bench", "workload", "--random", Shape, .. sizes]);
        var pruned = await CliRun.Json(["bench", "workload", "--random", Shape, .. sizes, "--prune", "1:.5"]);
        Assert.All([plain, pruned], result =>
        {
            Assert.True(result.GetProperty("total_tokens_per_second").GetDouble() > 0);
            Assert.True(result.GetProperty("first_token_seconds").GetDouble() <= result.GetProperty("seconds").GetDouble());
            Assert.True(result.GetProperty("resident_share").GetDouble() > 1);
        });
        Assert.Equal(3L * 33 * 2 * 4 * 32 * 3, plain.GetProperty("kv_bytes").GetInt64());
    }

    [Fact]
    public async Task Every_round_is_told_and_the_median_is_the_speed()
    {
        var result = await CliRun.Json(
            ["bench", "workload", "--random", Shape, "--own-tokens", "4", "--decode-tokens", "4", "--rounds", "3"]);
        double[] rounds = [.. result.GetProperty("decode_rounds").EnumerateArray().Select(round => round.GetDouble())];
        Assert.Equal(3, rounds.Length);
        Assert.Equal(rounds.Order().ElementAt(1), result.GetProperty("decode_tokens_per_second").GetDouble(), rounds.Max() * 1e-4);
    }

    [Fact]
    public async Task More_than_the_context_of_a_model_is_refused()
    {
        var run = await CliRun.Of("bench", "workload", "--model", Samples.Model, "--own-tokens", "2000");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("need 2032 positions; the model has 1024", run.Error, StringComparison.Ordinal);
    }
}
