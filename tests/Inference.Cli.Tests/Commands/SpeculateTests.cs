namespace Inference.Cli.Tests.Commands;

/// <summary><c>generate --speculate</c>, in this process and over gRPC.</summary>
public sealed class SpeculateTests
{
    private static readonly string[] Question = ["generate", "--prompt", "red red red red red red", "--max-tokens", "24"];

    [Fact]
    public async Task The_answer_is_the_same_and_the_usage_counts_guesses()
    {
        var plain = await CliRun.Json(Question);
        var guessed = await CliRun.Json([.. Question, "--speculate", "ngram=3"]);
        Assert.Equal(plain.GetProperty("text").GetString(), guessed.GetProperty("text").GetString());
        Assert.Equal($"{plain.GetProperty("token_ids")}", $"{guessed.GetProperty("token_ids")}");
        Assert.False(plain.GetProperty("usage").TryGetProperty("drafted_tokens", out _));
        var usage = guessed.GetProperty("usage");
        Assert.InRange(usage.GetProperty("accepted_tokens").GetInt32(), 0, usage.GetProperty("drafted_tokens").GetInt32());
    }

    [Theory]
    [InlineData("layer=2", "ngram")]
    [InlineData("ngram=0", "1 to 11")]
    [InlineData("ngram=12", "1 to 11")]
    [InlineData("ngram=x", "1 to 11")]
    public async Task Other_values_are_wrong_usage(string value, string allowed)
    {
        var run = await CliRun.Of([.. Question, "--speculate", value]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(allowed, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--temperature", "1")]
    [InlineData("--strategy", "dola")]
    public async Task Sampling_and_strategies_are_refused(string option, string value)
    {
        var run = await CliRun.Of([.. Question, "--speculate", "ngram", option, value]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("greedy", run.Error, StringComparison.Ordinal);
    }
}
