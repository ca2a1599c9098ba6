using System.Globalization;
using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

[Collection(SharedServer.Name)]
public sealed class DescribeRegionsTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Regions_of_the_reference_are_described_in_its_words()
    {
        var cases = Demo.Cases.Where(item => item.Question.Contains("the region", StringComparison.Ordinal)).ToArray();
        Assert.True(cases.Length >= 20);
        foreach (var group in cases.GroupBy(item => (item.Image, InDetail: item.Question.EndsWith("in detail.", StringComparison.Ordinal))))
        {
            var request = new DescribeRegionsRequest { Image = Ask.Image(Demo.Scene(group.Key.Image)), InDetail = group.Key.InDetail };
            request.Regions.AddRange(group.Select((item, i) => Region($"{i}", item.Question)));
            var texts = await Texts(request);
            Assert.All(group.Select((item, i) => (item, i)), pair => Assert.Equal(pair.item.Answer, texts[$"{pair.i}"]));
        }
    }

    [Fact]
    public async Task One_image_is_encoded_once_and_its_regions_share_the_stream()
    {
        var request = Regions(12);
        // Long descriptions: the last region is submitted well before the first ends, also on a busy machine.
        request.InDetail = true;
        request.Output = new OutputOptions { Tokens = true };
        var misses = fixture.Server.Models.Images.Misses;
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        Assert.InRange(fixture.Server.Models.Images.Misses - misses, 0, 1);

        Assert.Single(events[0].Started.Images);
        Assert.Equal(("", 0u), (events[0].RegionId, events[0].Started.PromptTokens));
        var totals = events[^1].Completed;
        foreach (var region in request.Regions)
        {
            var own = events.Where(next => next.RegionId == region.Id).ToArray();
            var completed = own[^1].RegionCompleted;
            Assert.Equal(region.Box, completed.Box);
            Assert.Equal(completed.Text, string.Concat(own[..^1].Select(next => next.Token.Text)));
            Assert.Equal(own[..^1].SelectMany(next => next.Token.Tokens), completed.Tokens);
            Assert.Equal((int)completed.Usage.CompletionTokens, completed.Tokens.Count);
            Assert.Null(completed.Timings.Encode);
        }

        var regions = events.Where(next => next.RegionCompleted is not null).Select(next => next.RegionCompleted).ToArray();
        Assert.Equal(12, regions.Length);
        Assert.Equal((uint)regions.Sum(region => region.Usage.PromptTokens), totals.Usage.PromptTokens);
        Assert.True(totals.EffectiveParameters.Sampling.HasSeed);
        // Side by side, not one after the other: a token of the last region comes before the first region is complete.
        var firstEnd = events.FindIndex(next => next.RegionCompleted is not null);
        Assert.Contains(events[..firstEnd], next => next.RegionId == request.Regions[^1].Id);
    }

    [Fact]
    public async Task A_sampled_region_does_not_depend_on_the_others()
    {
        var together = Regions(5);
        together.Parameters = new GenerationParameters { Sampling = new SamplingParameters { Temperature = 1.5, Seed = 9 } };
        var texts = await Texts(together);
        foreach (var region in together.Regions)
        {
            var alone = together.Clone();
            alone.Regions.Clear();
            alone.Regions.Add(region);
            Assert.Equal(texts[region.Id], (await Texts(alone))[region.Id]);
        }
    }

    [Fact]
    public async Task The_three_spaces_name_the_same_region()
    {
        var request = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene) };
        request.Regions.Add(Ask.Region("pixels", 0.14 * 224, 112, 0.45 * 224, 0.81 * 224, CoordinateSpace.PixelsOriginal));
        request.Regions.Add(Ask.Region("normalized", 0.14, 0.5, 0.45, 0.81));
        request.Regions.Add(Ask.Region("grid", 140, 500, 450, 810, CoordinateSpace.Grid1000));
        Assert.Equal(["the yellow cross"], (await Texts(request)).Values.Distinct());
    }

    [Fact]
    public async Task Every_wrong_field_of_every_region_is_named()
    {
        var request = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene), Output = new OutputOptions { TopLogprobs = 99 } };
        request.Regions.Add(Ask.Region("a", 0.1, 0.1, 0.2, 0.2));
        request.Regions.Add(Ask.Region("a", 0.3, 0.1, 0.2, double.NaN));
        request.Regions.Add(Ask.Region("", -1, 0, 225, 10, CoordinateSpace.PixelsOriginal));
        request.Regions.Add(Ask.Region("c", 0.1, 0.1, 0.2, 0.2, CoordinateSpace.Unspecified));
        request.Regions.Add(new Region { Id = "d" });
        var failure = await Streams.Fails(Client.DescribeRegions(request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        string[] wrong =
        [
            "output.top_logprobs", "regions[1].id", "regions[1].box.x2", "regions[1].box.y2", "regions[2].id", "regions[2].box.x1",
            "regions[2].box.x2", "regions[3].box.space", "regions[4].box",
        ];
        Assert.Equal(wrong.Order(StringComparer.Ordinal), failure.Fields().Order(StringComparer.Ordinal));
    }

    private static DescribeRegionsRequest Regions(int count)
    {
        var request = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene), InDetail = true };
        for (var i = 0; i < count; i++)
            request.Regions.Add(Ask.Region($"r{i}", 0.05 * (i % 4), 0.06 * i, (0.05 * (i % 4)) + 0.4, (0.06 * i) + 0.3));
        return request;
    }

    private static Region Region(string id, string question)
    {
        var start = question.IndexOf('[', StringComparison.Ordinal) + 1;
        var numbers = question[start..question.IndexOf(']', StringComparison.Ordinal)].Split(',')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return Ask.Region(id, numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private async Task<Dictionary<string, string>> Texts(DescribeRegionsRequest request) =>
        (await Streams.ReadAll(Client.DescribeRegions(request)))
        .Where(next => next.RegionCompleted is not null)
        .ToDictionary(next => next.RegionId, next => next.RegionCompleted.Text);
}
