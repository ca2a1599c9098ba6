using System.Xml.Linq;
using Inference.Cli.Benchmarks.Load;

namespace Inference.Cli.Tests.Commands;

public sealed class BenchLoadCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("closed", "--clients", "3")]
    [InlineData("open", "--rate", "200")]
    public async Task Every_request_is_sent_and_counted(string loop, string option, string value)
    {
        var file = _folder.File("load.svg");
        var result = await CliRun.Json(
            "bench", "load", "--requests", "12", "--images", "2", "--image-share", "0.5", "--max-tokens", "6", option, value, "--plot",
            file);
        Assert.Equal((loop, 12), (result.GetProperty("loop").GetString(), result.GetProperty("requests").GetInt32()));
        Assert.InRange(result.GetProperty("completion_tokens").GetInt32(), 12, 12 * 6);
        Assert.Empty(result.GetProperty("failures").EnumerateObject());
        Assert.True(result.GetProperty("cached_tokens").GetInt32() > 0);
        Assert.True(result.GetProperty("image_cache_hits").GetInt32() > 0);
        Assert.True(result.GetProperty("rows_per_step").GetDouble() >= 1);
        foreach (var name in new[] { "first_token_ms", "inter_token_ms", "total_ms" })
        {
            var values = result.GetProperty(name);
            Assert.True(values.GetProperty("p50").GetDouble() <= values.GetProperty("p99").GetDouble(), name);
            Assert.True(values.GetProperty("p99").GetDouble() <= values.GetProperty("max").GetDouble(), name);
        }

        var picture = XDocument.Load(file);
        Assert.Equal(3, picture.Descendants().Count(element => element.Name.LocalName == "polyline"));
    }

    [Fact]
    public void Arrivals_are_random_with_the_rate_that_was_asked_for_and_the_same_for_a_seed()
    {
        var settings = new LoadSettings(4000, Clients: 1, Rate: 50, ImageShare: 0.25, MaxTokens: 1, Seed: 7);
        var plan = LoadRequest.Plan(settings, [[1], [2]], ["a", "b"]);
        Assert.Equal(
            plan, LoadRequest.Plan(settings, [plan.First(request => request.Image is not null).Image!, [2]], ["a", "b"]), SameTimes);
        Assert.InRange(plan[^1].Arrival.TotalSeconds, 4000 / 50.0 * 0.9, 4000 / 50.0 * 1.1);
        Assert.InRange(plan.Count(request => request.Image is not null), 900, 1100);
        var gaps = plan.Zip(plan.Skip(1), (one, next) => (next.Arrival - one.Arrival).TotalSeconds * 50).ToArray();
        // Of an exponential distribution a share of 1 - 1/e lies below the mean.
        Assert.InRange(gaps.Count(gap => gap < 1) / (double)gaps.Length, 0.60, 0.66);
    }

    [Theory]
    [InlineData("--rate: found --clients as well", "--rate", "3", "--clients", "2")]
    [InlineData("--rate: found 0", "--rate", "0")]
    [InlineData("--image-share: found 2; allowed: 0 to 1", "--image-share", "2")]
    [InlineData("--images: found --image as well", "--images", "2", "--image", "x.png")]
    public async Task Wrong_usage_says_what_is_allowed(string message, params string[] options)
    {
        var run = await CliRun.Of(["bench", "load", .. options]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Percentiles_are_values_of_the_set()
    {
        var values = Percentiles.Of(Enumerable.Range(1, 200).Select(i => (double)i).Reverse());
        Assert.Equal(new Percentiles(200, 100.5, 100, 180, 198, 200), values);
        Assert.Equal(new Percentiles(1, 3, 3, 3, 3, 3), Percentiles.Of([3]));
    }

    private static bool SameTimes(LoadRequest one, LoadRequest other) => one.Arrival == other.Arrival && one.Prompt == other.Prompt;
}
