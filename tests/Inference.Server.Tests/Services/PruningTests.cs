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

    [Fact]
    public async Task A_schedule_is_echoed_as_the_stages_that_it_came_to()
    {
        var request = Ask.Generate();
        request.Parameters.Pruning = new Pruning
        {
            Average = new AverageSchedule { Share = 0.5 },
            Ranking = "random",
            Seed = 9,
            Positions = PositionPolicy.Keep,
        };
        var completed = await Client.Complete(request);
        var echoed = completed.EffectiveParameters.Pruning;
        Assert.Equal(3, echoed.Stages.Count);
        Assert.Equal(
            (Pruning.ScheduleOneofCase.None, "random", 9ul, PositionPolicy.Keep),
            (echoed.ScheduleCase, echoed.Ranking, echoed.Seed, echoed.Positions));
        Assert.Equal(echoed.Stages.Select(stage => (uint)(64 * stage.Keep)), completed.Usage.Pruning.KeptTokens);
        Assert.True(completed.Usage.Pruning.RankingTime.ToTimeSpan() > TimeSpan.Zero);

        // What was echoed gives the same answer.
        request.Parameters.Pruning = echoed;
        Assert.Equal(completed.Text, (await Client.Complete(request)).Text);
    }

    [Fact]
    public async Task A_reduction_makes_the_prompt_shorter_and_tells_which_tokens_it_kept()
    {
        var request = Ask.Generate();
        request.Parameters.Pruning = Plan((2, 0.5));
        request.Parameters.Pruning.Reduction = new ImageReduction { Method = "divprune", Keep = 0.25 };
        request.Output = new OutputOptions { KeptTokens = true };
        var usage = (await Client.Complete(request)).Usage;
        Assert.Equal((16u, 64u), (usage.ImageTokens, usage.Pruning.EncodedTokens));
        Assert.Equal([8u], usage.Pruning.KeptTokens);
        Assert.Equal([false, true], usage.Pruning.Kept.Select(kept => kept.HasStage));
        Assert.Equal([16, 8], usage.Pruning.Kept.Select(kept => kept.Offsets.Count));

        request.Output = null;
        request.Parameters.Pruning = new Pruning { Reduction = new ImageReduction { Method = "resize", Keep = 0.25 } };
        var alone = await Client.Complete(request);
        Assert.Equal(16u, alone.Usage.ImageTokens);
        Assert.Empty(alone.Usage.Pruning.Kept);
        Assert.Equal(request.Parameters.Pruning.Reduction, alone.EffectiveParameters.Pruning.Reduction);
    }

    public static IEnumerable<object[]> Refused =>
    [
        [new Pruning(), "stages"],
        [new Pruning { Geometric = new GeometricSchedule { Lambda = 2 } }, "geometric.lambda"],
        [new Pruning { Average = new AverageSchedule { Share = 0.125 } }, "average.share"],
        [new Pruning { Average = new AverageSchedule { Share = 0.5, Stages = 8 } }, "average.stages"],
        [new Pruning { ShiftedCosine = new ShiftedCosineSchedule { High = 0.1 } }, "shifted_cosine.high"],
        [new Pruning { Calibrated = "mine" }, "calibrated"],
        [new Pruning { Geometric = new GeometricSchedule { Lambda = 0.5 }, Ranking = "best" }, "ranking"],
        [new Pruning { Geometric = new GeometricSchedule { Lambda = 0.5 }, Stages = { new PruningStage { Layer = 2, Keep = 0.5 } } }, "stages"],
        [new Pruning { Reduction = new ImageReduction { Method = "best", Keep = 0.5 } }, "reduction.method"],
        [new Pruning { Reduction = new ImageReduction { Method = "resize" } }, "reduction.keep"],
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_is_refused_by_its_field(Pruning pruning, string field)
    {
        var request = Ask.Generate();
        request.Parameters.Pruning = pruning;
        var failure = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => Client.Complete(request));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Contains($"parameters.pruning.{field}", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rankings_and_reductions_are_listed()
    {
        var models = await Client.ListModelsAsync(new ListModelsRequest()).ResponseAsync;
        Assert.Equal(["attention", "v2drop", "uniform", "random"], models.Rankings.Select(ranking => ranking.Name));
        Assert.Equal([true, false, false, false], models.Rankings.Select(ranking => ranking.LooksAtQuestion));
        Assert.Equal(["divprune", "visionzip", "uniform", "resize"], models.Reductions.Select(reduction => reduction.Name));
    }

    private static Pruning Plan(params (int Layer, double Keep)[] stages) =>
        new() { Stages = { stages.Select(stage => new PruningStage { Layer = (uint)stage.Layer, Keep = stage.Keep }) } };
}
