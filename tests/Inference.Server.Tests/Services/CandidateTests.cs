using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Regions that are described by the best of several candidates.</summary>
[Collection(SharedServer.Name)]
public sealed class CandidateTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Candidates_are_those_of_calls_of_their_own_and_each_is_located_as_LocatePhrase_does()
    {
        var request = Request(new CandidateOptions
        {
            Sources = { new CandidateSource { Strategy = new Strategy { Name = "deco" } } },
            Layers = { 1, 2 },
            Samples = 2,
        });
        var (candidates, _) = await Describe(request);
        Assert.Equal(["deco", null, null, "unleash", "unleash"], candidates.Select(candidate => candidate.Source.Strategy?.Name));
        Assert.Equal([0u, 1, 2, 3, 4], candidates.Select(candidate => candidate.Index));
        Assert.Equal([0, 0, 1, 0, 0], candidates.Select(candidate => candidate.Source.Sampling.Temperature));
        Assert.Equal([7UL, 7, 8, 7, 7], candidates.Select(candidate => candidate.Source.Sampling.Seed));
        foreach (var candidate in candidates)
        {
            var alone = request.Clone();
            alone.Candidates = null;
            alone.Parameters.Strategy = candidate.Source.Strategy;
            alone.Parameters.Sampling = candidate.Source.Sampling;
            var own = Assert.Single(
                await Streams.ReadAll(Client.DescribeRegions(alone)), next => next.RegionCompleted is not null).RegionCompleted;
            Assert.Equal(
                (own.Text, own.Usage.CompletionTokens, own.FinishReason),
                (candidate.Text, candidate.CompletionTokens, candidate.FinishReason));
            var found = await Client.LocatePhraseAsync(new LocatePhraseRequest
            {
                Image = request.Image,
                Phrase = candidate.Text,
                Space = CoordinateSpace.Normalized,
            });
            Assert.Equal(found.Boxes.FirstOrDefault(), candidate.Located);
        }
    }

    [Theory]
    [InlineData(CandidateRanking.Unspecified)]
    [InlineData(CandidateRanking.IouShareConfidence)]
    [InlineData(CandidateRanking.IouShareLikelihood)]
    public async Task The_first_of_the_highest_score_is_the_answer(CandidateRanking ranking)
    {
        var request = Request(new CandidateOptions { Samples = 5, Ranking = ranking });
        request.Output = new OutputOptions { Logprobs = true };
        var (candidates, completed) = await Describe(request);
        var total = candidates.Sum(candidate => candidate.Iou);
        foreach (var candidate in candidates)
        {
            var box = request.Regions[0].Box;
            var iou = candidate.Located is null ? 0 : Grounding.Overlap.IntersectionOverUnion(
                new Models.Regions.Box(box.X1, box.Y1, box.X2, box.Y2),
                new Models.Regions.Box(
                    candidate.Located.Box.X1, candidate.Located.Box.Y1, candidate.Located.Box.X2, candidate.Located.Box.Y2));
            Assert.Equal(iou, candidate.Iou, 9);
            Assert.Equal(ranking == CandidateRanking.IouShareLikelihood, candidate.HasLikelihood);
            var score = candidate.Iou == 0 ? 0 : ranking switch
            {
                CandidateRanking.IouShareConfidence => candidate.Iou / total * candidate.Located!.Confidence,
                CandidateRanking.IouShareLikelihood => candidate.Iou / total * candidate.Likelihood,
                _ => candidate.Iou,
            };
            Assert.Equal(score, candidate.Score, 12);
        }

        var best = candidates.MaxBy(candidate => candidate.Score)!;
        Assert.Equal((best.Index, best.Score, best.Text), (completed.Candidate, completed.Score, completed.Text));
        Assert.Equal(best.CompletionTokens, (uint)completed.Tokens.Count);
        if (best.HasLikelihood)
        {
            Assert.Equal(best.Likelihood, Math.Exp(completed.Tokens.Average(token => token.Logprob)), 9);
        }
    }

    [Fact]
    public async Task The_stream_gives_candidates_then_the_text_then_the_end_and_usage_sums_what_was_sampled()
    {
        var request = Request(new CandidateOptions { Samples = 3 });
        request.Regions.Add(Ask.Region("second", 0.56, 0.63, 0.74, 0.79));
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        uint sampled = 0, kept = 0;
        foreach (var region in request.Regions)
        {
            var own = events.Where(next => next.RegionId == region.Id).ToArray();
            Assert.Equal(
                ["Candidate", "Candidate", "Candidate", "Token", "RegionCompleted"], own.Select(next => next.EventCase.ToString()));
            var completed = own[^1].RegionCompleted;
            Assert.Equal(completed.Text, own[^2].Token.Text);
            var candidates = own[..3].Select(next => next.Candidate).ToArray();
            Assert.Equal(candidates[(int)completed.Candidate].CompletionTokens, completed.Usage.CompletionTokens);
            Assert.True(completed.Usage.SampledTokens > candidates.Sum(candidate => candidate.CompletionTokens));
            (sampled, kept) = (sampled + completed.Usage.SampledTokens, kept + completed.Usage.CompletionTokens);
        }

        Assert.Equal((sampled, kept), (events[^1].Completed.Usage.SampledTokens, events[^1].Completed.Usage.CompletionTokens));
        var plain = await Client.Complete(Ask.Generate());
        Assert.Equal(plain.Usage.CompletionTokens, plain.Usage.SampledTokens);
    }

    [Fact]
    public async Task A_text_is_located_once_and_of_equal_ones_the_first_wins()
    {
        var one = await Describe(Request(new CandidateOptions { Sources = { new CandidateSource() } }));
        var three = await Describe(Request(new CandidateOptions
        {
            Sources = { new CandidateSource(), new CandidateSource(), new CandidateSource() },
        }));
        Assert.Equal(0u, three.Completed.Candidate);
        Assert.Equal(one.Completed.Text, three.Completed.Text);
        var description = one.Completed.Usage.CompletionTokens;
        var hearing = one.Completed.Usage.SampledTokens - description;
        Assert.Equal((3 * description) + hearing, three.Completed.Usage.SampledTokens);
    }

    [Fact]
    public async Task A_listener_that_gets_no_room_locates_nothing_and_the_first_candidate_is_the_answer()
    {
        var request = Request(new CandidateOptions
        {
            Samples = 3,
            ListenerParameters = new GenerationParameters { Stop = new StopConditions { MaxTokens = 2 } },
        });
        var (candidates, completed) = await Describe(request);
        Assert.All(candidates, candidate => Assert.Equal((null, 0d, 0d), (candidate.Located, candidate.Iou, candidate.Score)));
        Assert.Equal((0u, 0d, candidates[0].Text), (completed.Candidate, completed.Score, completed.Text));
    }

    [Fact]
    public async Task Candidates_do_not_depend_on_the_other_regions()
    {
        var alone = await Describe(Request(new CandidateOptions { Samples = 4 }));
        var together = Request(new CandidateOptions { Samples = 4 });
        together.Regions.Insert(0, Ask.Region("second", 0.56, 0.63, 0.74, 0.79));
        var events = await Streams.ReadAll(Client.DescribeRegions(together));
        Assert.Equal(
            alone.Candidates, events.Where(next => next.RegionId == "first" && next.Candidate is not null).Select(next => next.Candidate));
    }

    [Theory]
    [InlineData("{}", "candidates")]
    [InlineData("""{"samples":17}""", "candidates")]
    [InlineData("""{"samples":4294967295,"layers":[1]}""", "candidates")]
    [InlineData("""{"layers":[1,99]}""", "candidates.layers[1]")]
    [InlineData("""{"layers":[4294967295]}""", "candidates.layers[0]")]
    [InlineData("""{"samples":2,"ranking":9}""", "candidates.ranking")]
    [InlineData("""{"sources":[{},{"strategy":{"name":"oracle"}}]}""", "candidates.sources[1].strategy.name")]
    [InlineData(
        """{"sources":[{"strategy":{"name":"dola","settings":{"layers":"99"}}}]}""", "candidates.sources[0].strategy.settings[layers]")]
    [InlineData("""{"sources":[{"sampling":{"temperature":-1}}]}""", "candidates.sources[0].sampling.temperature")]
    [InlineData("""{"samples":2,"listenerParameters":{"stop":{"maxTokens":0}}}""", "candidates.listener_parameters.stop.max_tokens")]
    [InlineData(
        """{"samples":2,"listenerParameters":{"pruning":{"stages":[{"layer":0,"keep":1}]}}}""",
        "candidates.listener_parameters.pruning.stages[0].layer")]
    public async Task What_is_wrong_is_named(string options, string field)
    {
        var request = Request(CandidateOptions.Parser.ParseJson(options));
        var failure = await Streams.Fails(Client.DescribeRegions(request));
        Assert.Equal((StatusCode.InvalidArgument, field), (failure.StatusCode, Assert.Single(failure.Fields())));
    }

    [Fact]
    public async Task Candidates_of_all_regions_together_have_a_limit()
    {
        var request = Request(new CandidateOptions { Samples = 16 });
        for (var i = 0; i < 8; i++)
            request.Regions.Add(Ask.Region($"{i}", 0.1, 0.1, 0.9, 0.9));
        var failure = await Streams.Fails(Client.DescribeRegions(request));
        Assert.Equal("TOO_MANY_CANDIDATES", failure.Reason());
        Assert.Equal(("144", "128"), (failure.Metadata("actual"), failure.Metadata("limit")));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_leaves_nothing_behind()
    {
        var request = Request(new CandidateOptions { Samples = 8 });
        request.Parameters.Sampling.Temperature = 100;
        request.Parameters.Stop = new StopConditions { MaxTokens = 900 };
        using (var call = Client.DescribeRegions(request))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Assert.True(await fixture.Server.IsIdleWithin(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_unknown_listener_is_not_found()
    {
        var failure = await Streams.Fails(Client.DescribeRegions(Request(new CandidateOptions { Samples = 2, Listener = "nobody" })));
        Assert.Equal((StatusCode.NotFound, "MODEL_NOT_FOUND"), (failure.StatusCode, failure.Reason()));
    }

    private static DescribeRegionsRequest Request(CandidateOptions candidates) => new()
    {
        Image = Ask.Image(Demo.FirstScene),
        Regions = { Ask.Region("first", 0.1437, 0.4958, 0.4528, 0.805) },
        Parameters = new GenerationParameters { Sampling = new SamplingParameters { Seed = 7 } },
        Candidates = candidates,
    };

    private async Task<(Candidate[] Candidates, RegionCompleted Completed)> Describe(DescribeRegionsRequest request)
    {
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        var completed = Assert.Single(events, next => next.RegionCompleted is not null).RegionCompleted;
        return ([.. events.Where(next => next.Candidate is not null).Select(next => next.Candidate)], completed);
    }
}
