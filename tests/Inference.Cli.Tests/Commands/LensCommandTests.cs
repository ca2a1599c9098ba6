using System.Text.Json;
using System.Xml.Linq;

namespace Inference.Cli.Tests.Commands;

public sealed class LensCommandTests : IDisposable
{
    private static readonly string[] Question = ["--image", Samples.Scene, "--prompt", "Describe the image."];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_layer_says_what_is_generated_and_the_answer_is_that_without_a_lens()
    {
        var lens = await CliRun.Json(["lens", .. Question, "--top", "2"]);
        var plain = await CliRun.Json(["generate", .. Question, "--logprobs", "0"]);
        Assert.Equal(plain.GetProperty("text").GetString(), lens.GetProperty("text").GetString());
        Assert.Equal(plain.GetProperty("token_ids").ToString(), lens.GetProperty("token_ids").ToString());
        Assert.Equal(9, lens.GetProperty("layers").GetInt32());
        var steps = lens.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal(lens.GetProperty("token_ids").GetArrayLength(), steps.Length);
        foreach (var step in steps)
        {
            var layers = step.GetProperty("layers").EnumerateArray().ToArray();
            Assert.Equal(9, layers.Length);
            Assert.All(layers, layer => Assert.Equal(2, layer.GetArrayLength()));
            Assert.All(layers, layer => Assert.True(Probability(layer[0]) >= Probability(layer[1])));
            Assert.Equal(step.GetProperty("token_id").GetInt32(), layers[^1][0].GetProperty("token_id").GetInt32());
        }
    }

    [Fact]
    public async Task The_picture_has_a_cell_for_every_layer_and_token()
    {
        var file = _folder.File("lens.svg");
        var run = await CliRun.Of(["lens", .. Question, "--max-tokens", "4", "--svg", file]);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        var picture = XDocument.Load(file);
        // The ground, and nine layers by four tokens.
        Assert.Equal(1 + (9 * 4), picture.Descendants().Count(element => element.Name.LocalName == "rect"));
    }

    [Fact]
    public async Task A_strategy_is_refused()
    {
        var run = await CliRun.Of(["lens", .. Question, "--strategy", "deco"]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--strategy: found deco", run.Error);
    }

    private static double Probability(JsonElement token) => token.GetProperty("probability").GetDouble();
}
