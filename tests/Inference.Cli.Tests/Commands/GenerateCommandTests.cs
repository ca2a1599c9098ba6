using System.Text.Json;

namespace Inference.Cli.Tests.Commands;

public sealed class GenerateCommandTests
{
    private const string Caption = "there are a small green ring, a small purple striped cross and a small black cross";
    private static readonly string[] Question = ["generate", "--image", Samples.Scene, "--prompt", "Describe the image."];

    [Fact]
    public async Task Text_alone_goes_to_standard_output()
    {
        var run = await CliRun.Of(Question);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{Caption}\n", run.Out);
        Assert.Contains("76 prompt tokens (64 of images)", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Error);
    }

    [Fact]
    public async Task Json_has_text_tokens_reason_and_usage()
    {
        var answer = await CliRun.Json([.. Question, "--model", Samples.Model]);
        Assert.Equal(Caption, answer.GetProperty("text").GetString());
        Assert.Equal("stop_token", answer.GetProperty("finish_reason").GetString());
        var usage = answer.GetProperty("usage");
        Assert.Equal(64, usage.GetProperty("image_tokens").GetInt32());
        Assert.Equal(answer.GetProperty("token_ids").GetArrayLength(), usage.GetProperty("completion_tokens").GetInt32());
        Assert.False(answer.TryGetProperty("logprobs", out _));
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("int4")]
    [InlineData("f32")]
    public async Task Rounded_weights_still_see_what_is_there(string weights)
    {
        var run = await CliRun.Of([.. Question, "--weights", weights]);
        Assert.Equal($"{Caption}\n", run.Out);
    }

    [Fact]
    public async Task Weights_of_unknown_formats_are_wrong_usage()
    {
        var run = await CliRun.Of([.. Question, "--weights", "int3"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("int8", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruning_is_an_option_that_reports_what_remained()
    {
        var answer = await CliRun.Json([.. Question, "--prune", "4:.5,6:.25", "--positions", "keep"]);
        var usage = answer.GetProperty("usage");
        Assert.Equal([32, 16], usage.GetProperty("kept_tokens").EnumerateArray().Select(count => count.GetInt32()));
        Assert.True(usage.GetProperty("kv_bytes_saved").GetInt64() > 0);

        var whole = await CliRun.Json([.. Question, "--prune", "4:1"]);
        Assert.Equal(Caption, whole.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("--prune: schedule: found 'x'", "--prune", "x")]
    [InlineData("stages[0].layer: found 40", "--prune", "40:.5")]
    [InlineData("--positions: found no plan", "--positions", "keep")]
    [InlineData("--positions: found 'some'", "--prune", "2:.5", "--positions", "some")]
    public async Task Wrong_plans_are_wrong_usage(string message, params string[] options)
    {
        var run = await CliRun.Of([.. Question, .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_text_is_left_out_and_named()
    {
        var answer = await CliRun.Json([.. Question, "--stop", "green", "--stop", " purple"]);
        Assert.Equal("there are a small ", answer.GetProperty("text").GetString());
        Assert.Equal("stop_sequence", answer.GetProperty("finish_reason").GetString());
        Assert.Equal("green", answer.GetProperty("stop_string").GetString());
    }

    [Fact]
    public async Task Logprobs_come_with_the_best_tokens_where_asked_for()
    {
        var answer = await CliRun.Json([.. Question, "--max-tokens", "3", "--logprobs", "2"]);
        Assert.Equal("max_tokens", answer.GetProperty("finish_reason").GetString());
        var logprobs = answer.GetProperty("logprobs").EnumerateArray().ToList();
        Assert.Equal(3, logprobs.Count);
        Assert.All(logprobs, step =>
        {
            Assert.InRange(step.GetProperty("logprob").GetSingle(), -1f, 0f);
            Assert.Equal(2, step.GetProperty("top").GetArrayLength());
            Assert.Equal(step.GetProperty("id").GetInt32(), step.GetProperty("top")[0].GetProperty("id").GetInt32());
        });

        var bare = await CliRun.Json([.. Question, "--max-tokens", "3", "--logprobs"]);
        Assert.All(bare.GetProperty("logprobs").EnumerateArray(), step => Assert.Equal(0, step.GetProperty("top").GetArrayLength()));
    }

    [Fact]
    public async Task More_tokens_than_the_context_holds_are_cut_to_it()
    {
        var answer = await CliRun.Json([.. Question, "--context", "80", "--max-tokens", "2147483647"]);
        Assert.Equal("context_full", answer.GetProperty("finish_reason").GetString());
        Assert.Equal(4, answer.GetProperty("token_ids").GetArrayLength());
    }

    [Theory]
    [InlineData("@file")]
    [InlineData("--raw")]
    [InlineData("-x")]
    [InlineData("")]
    [InlineData("[diagram]")]
    public async Task A_prompt_may_look_like_an_option_or_a_file(string prompt)
    {
        var answer = await CliRun.Json("generate", "--prompt", prompt, "--max-tokens", "1");
        Assert.Equal(1, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_answer()
    {
        string[] drawn = [.. Question, "--temperature", "3", "--max-tokens", "12", "--seed"];
        var first = await CliRun.Json([.. drawn, "7"]);
        var again = await CliRun.Json([.. drawn, "7"]);
        var other = await CliRun.Json([.. drawn, "8"]);
        Assert.Equal(7UL, first.GetProperty("seed").GetUInt64());
        Assert.Equal(Ids(first), Ids(again));
        Assert.NotEqual(Ids(first), Ids(other));
    }

    private static List<int> Ids(JsonElement answer) => [.. answer.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32())];
}
