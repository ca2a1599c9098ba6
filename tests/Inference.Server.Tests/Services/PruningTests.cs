using Glassbox.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Image tokens dropped inside the decoder, as a request option.</summary>
[Collection(SharedServer.Name)]
public sealed class PruningTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Kept_tokens_and_saved_bytes_are_reported_and_the_plan_is_echoed()
    {
        var request = Ask.Generate();
        request.Parameters.Pruning = Plan((2, 0.5), (4, 0.25));
        var completed = await Client.Complete(request);
        Assert.Equal([32u, 16u], completed.Usage.Pruning.KeptTokens);
        Assert.True(completed.Usage.Pruning.KvBytesSaved > 0);
        var echoed = completed.EffectiveParameters.Pruning;
        Assert.Equal(request.Parameters.Pruning.Stages, echoed.Stages);
        Assert.Equal(PositionPolicy.Reindex, echoed.Positions);
    }

    [Fact]
    public async Task A_plan_that_keeps_everything_gives_the_plain_answer()
    {
        var request = Ask.Generate();
        var plain = await Client.Complete(request);
        request.Parameters.Pruning = Plan((3, 1));
        request.Parameters.Pruning.Positions = PositionPolicy.Keep;
        var whole = await Client.Complete(request);
        Assert.Equal(plain.Text, whole.Text);
        Assert.Null(plain.Usage.Pruning);
        Assert.Null(plain.EffectiveParameters.Pruning);
        Assert.Equal(0ul, whole.Usage.Pruning.KvBytesSaved);
    }

    [Fact]
    public async Task All_regions_of_a_call_follow_the_plan()
    {
        var request = new DescribeRegionsRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Regions = { Ask.Region("a", 0.1, 0.1, 0.5, 0.5), Ask.Region("b", 0.4, 0.4, 0.9, 0.9) },
            Parameters = new GenerationParameters { Pruning = Plan((2, 0.5)) },
        };
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        Assert.All(
            events.Where(next => next.EventCase == DescribeRegionsResponse.EventOneofCase.RegionCompleted),
            next => Assert.Equal([32u], next.RegionCompleted.Usage.Pruning.KeptTokens));
        Assert.Equal([64u], events[^1].Completed.Usage.Pruning.KeptTokens);
    }

    private static Pruning Plan(params (int Layer, double Keep)[] stages) =>
        new() { Stages = { stages.Select(stage => new PruningStage { Layer = (uint)stage.Layer, Keep = stage.Keep }) } };
}
