namespace Inference.Cli.Tests.Commands;

public sealed class VerifyCommandTests
{
    [Fact]
    public async Task Claims_have_a_score_and_a_verdict()
    {
        var result = await CliRun.Json(
            "verify", "--image", Samples.Scene, "--claim", "a black heart", "--question", "Is there a green ring in the image?", "--text",
            "a purple cross");
        var claims = result.GetProperty("claims").EnumerateArray().ToArray();
        Assert.Equal(
            ["a black heart", "Is there a green ring in the image?", "purple cross"],
            claims.Select(claim => claim.GetProperty("text").GetString()));
        Assert.Equal([true, false, false], claims.Select(claim => claim.GetProperty("rejected").GetBoolean()));
        Assert.Equal(2, claims[2].GetProperty("start").GetInt32());
        Assert.Equal(1, result.GetProperty("rejected").GetInt32());
    }

    [Fact]
    public async Task An_answer_can_be_verified_where_it_is_made()
    {
        var answer = await CliRun.Json(
            "generate", "--image", Samples.Scene, "--prompt", "Describe the image.", "--verify", "--threshold", "0.9");
        Assert.Equal(
            [true, false, false],
            answer.GetProperty("claims").EnumerateArray().Select(claim => claim.GetProperty("rejected").GetBoolean()));
    }

    [Theory]
    [InlineData("verify", "--image", "a.png")]
    [InlineData("verify", "--image", "a.png", "--claim", "a", "--threshold", "2")]
    [InlineData("generate", "--prompt", "a", "--threshold", "0.5")]
    public async Task Wrong_usage_is_told(params string[] arguments) => Assert.Equal(2, (await CliRun.Of(arguments)).ExitCode);
}
