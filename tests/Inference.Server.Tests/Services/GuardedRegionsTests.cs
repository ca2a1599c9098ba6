using Glassbox.V1;
using Grpc.Core;
using Inference.Decoding.Probes;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Whole-answer methods on descriptions of regions, over gRPC.</summary>
public sealed class GuardedRegionsTests : IAsyncLifetime
{
    private static readonly byte[] Scene = Demo.Scene("images/0003.png");

    private TestServer _server = null!;

    private VisionLanguageService.VisionLanguageServiceClient Client => _server.Client;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(prepare: model =>
        model.Add(ProbeFile.Read(Path.Combine(Demo.Model, "..", "probes", "objects.safetensors"))));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(0, GuardStreaming.Sentence)]
    [InlineData(0, GuardStreaming.Eager)]
    [InlineData(1.5, GuardStreaming.Eager)]
    public async Task A_guard_that_never_fires_gives_the_bits_of_plain_descriptions(double temperature, GuardStreaming streaming)
    {
        var request = Request(regions: 3, temperature);
        request.Output = new OutputOptions { TopLogprobs = 3 };
        var plain = await Describe(request);
        request.Parameters.Guard = new SentenceGuard { Claims = new Verification(), Threshold = 1, Streaming = streaming };
        var guarded = await Describe(request);
        foreach (var (id, region) in plain)
        {
            var (own, events) = (guarded[id].End, guarded[id].Events);
            Assert.Equal((region.End.Text, region.End.FinishReason), (own.Text, own.FinishReason));
            Assert.Equal(region.End.Tokens, own.Tokens);
            Assert.Equal(own.Tokens, events.Where(next => next.Token is not null).SelectMany(next => next.Token.Tokens));
            Assert.DoesNotContain(events, next => next.Retracted is not null);
            Assert.Equal((0u, 0u), (own.Usage.Guard.DiscardedTokens, own.Usage.Guard.Replaced));
            Assert.Null(region.End.Usage.Guard);
        }
    }

    [Theory]
    [InlineData(GuardStreaming.Sentence)]
    [InlineData(GuardStreaming.Eager)]
    public async Task A_region_is_replaced_in_its_own_events_and_does_not_depend_on_the_others(GuardStreaming streaming)
    {
        var request = Request(regions: 6);
        request.Parameters.Guard = Denying(streaming);
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        var together = Collect(events);
        Assert.Contains(together.Values, region => region.End.Usage.Guard.Replaced > 0);
        Assert.Equal(streaming == GuardStreaming.Eager, events.Exists(next => next.Retracted is not null));
        foreach (var region in request.Regions)
        {
            var (end, own) = together[region.Id];
            Assert.Equal(end.Text, Replay(own));
            var sentences = own.Where(next => next.Guarded is not null).Select(next => next.Guarded).ToArray();
            Assert.Equal((uint)sentences.Length, end.Usage.Guard.Sentences);
            Assert.Equal((uint)sentences.Count(sentence => sentence.Outcome == GuardOutcome.Replaced), end.Usage.Guard.Replaced);

            var alone = request.Clone();
            alone.Regions.Clear();
            alone.Regions.Add(region);
            var (ownEnd, ownEvents) = (await Describe(alone))[region.Id];
            Assert.Equal((ownEnd.Text, ownEnd.FinishReason), (end.Text, end.FinishReason));
            Assert.Equal(ownEvents.Where(next => next.Guarded is not null).Select(next => next.Guarded), sentences);
        }

        var totals = events[^1].Completed;
        Assert.Equal((uint)together.Values.Sum(region => region.End.Usage.Guard.DiscardedTokens), totals.Usage.Guard.DiscardedTokens);
        Assert.Equal((uint)together.Values.Sum(region => region.End.Usage.Guard.Sentences), totals.Usage.Guard.Sentences);
        Assert.Equal((uint)together.Values.Sum(region => region.End.Usage.SampledTokens), totals.Usage.SampledTokens);
        Assert.Equal(streaming, totals.EffectiveParameters.Guard.Streaming);
    }

    [Fact]
    public async Task A_region_that_is_ended_says_why_and_one_that_is_reported_keeps_its_text()
    {
        var request = Request(regions: 1);
        var plain = (await Describe(request))["r0"].End;
        request.Parameters.Guard = new SentenceGuard { Claims = new Verification(), Threshold = 0, Action = GuardAction.Abstain };
        var ended = (await Describe(request))["r0"].End;
        Assert.Equal((FinishReason.Guard, 1u, ""), (ended.FinishReason, ended.Usage.Guard.Removed, ended.Text));

        request.Parameters.Guard = new SentenceGuard
        {
            Probe = new ProbeChoice { Name = "objects" },
            Threshold = 0,
            Action = GuardAction.Verify,
        };
        var verified = (await Describe(request))["r0"];
        Assert.Equal(plain.Text, verified.End.Text);
        Assert.Contains(verified.Events, next => next.Guarded is { Outcome: GuardOutcome.Flagged, Claims.Count: > 0 });
    }

    [Fact]
    public async Task Claims_are_asked_about_the_image_of_the_regions()
    {
        var request = Request(regions: 2);
        request.Parameters.Verification = new Verification();
        foreach (var (end, events) in (await Describe(request)).Values)
        {
            var claims = events.Where(next => next.Claim is not null).Select(next => next.Claim).ToArray();
            var expected = await Client.VerifyClaimsAsync(new VerifyClaimsRequest { Image = request.Image, Text = end.Text });
            Assert.Equal(expected.Claims, claims);
        }
    }

    [Fact]
    public async Task The_best_of_several_descriptions_is_sent_whole()
    {
        var request = Request(regions: 2, temperature: 1.5);
        request.Parameters.BestOf = 4;
        foreach (var (end, events) in (await Describe(request)).Values)
        {
            Assert.Equal(end.Text, Replay(events));
            Assert.True(end.Usage.SampledTokens > 2 * end.Usage.CompletionTokens);
        }
    }

    [Fact]
    public async Task Every_candidate_is_guarded_and_the_best_of_them_is_the_description()
    {
        var request = Request(regions: 1);
        request.Parameters.Guard = Denying(GuardStreaming.Sentence);
        request.Candidates = new CandidateOptions { Samples = 3, Layers = { 6 } };
        var (end, events) = (await Describe(request))["r0"];
        var candidates = events.Where(next => next.Candidate is not null).Select(next => next.Candidate).ToArray();
        Assert.Equal(4, candidates.Length);
        foreach (var candidate in candidates)
        {
            var alone = request.Clone();
            alone.Candidates = null;
            (alone.Parameters.Sampling, alone.Parameters.Strategy) = (candidate.Source.Sampling, candidate.Source.Strategy);
            var (own, ownEvents) = (await Describe(alone))["r0"];
            Assert.Equal((own.Text, own.Usage.Guard), (candidate.Text, candidate.Guard));
            Assert.Equal(ownEvents.Where(next => next.Guarded is not null).Select(next => next.Guarded), candidate.Guarded);
        }

        Assert.Contains(candidates, candidate => candidate.Guard.Replaced > 0);
        Assert.Equal(candidates[(int)end.Candidate].Text, end.Text);
        Assert.Equal((uint)candidates.Sum(candidate => candidate.Guard.DiscardedTokens), end.Usage.Guard.DiscardedTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_image_of_a_companion_is_prepared_with_the_image_itself_and_once_for_all_regions(bool hasCandidates)
    {
        var request = Request(regions: 3);
        request.Parameters.Strategy = new Strategy { Name = "vcd" };
        request.Candidates = hasCandidates ? new CandidateOptions { Samples = 2 } : null;
        await Describe(request);
        var images = _server.Models.Images;
        Assert.Equal((2L, 0L), (images.Misses, images.Hits));
    }

    [Fact]
    public async Task What_cannot_be_had_together_is_refused_by_its_field()
    {
        var request = Request(regions: 1);
        request.Parameters.BestOf = 2;
        await Refused("parameters.best_of");
        request.Parameters.ClearBestOf();
        request.Parameters.Guard = new SentenceGuard { Probe = new ProbeChoice { Name = "none" } };
        await Refused("parameters.guard.probe.name");

        request.Parameters.Sampling.Temperature = 1;
        request.Parameters.BestOf = 2;
        request.Parameters.Verification = new Verification();
        request.Parameters.Guard = Denying(GuardStreaming.Eager);
        request.Candidates = new CandidateOptions
        {
            Samples = 2,
            ListenerParameters = new GenerationParameters { Guard = new SentenceGuard { Claims = new Verification() } },
        };
        await Refused(
            "parameters.verification", "parameters.best_of", "parameters.guard.streaming", "candidates.listener_parameters.guard");

        request = Request(regions: 1);
        request.Parameters.Guard = Denying(GuardStreaming.Eager);
        request.Candidates = new CandidateOptions { Samples = 2 };
        var failure = await Refused("parameters.guard.streaming");
        Assert.Contains("GUARD_STREAMING_SENTENCE", failure.Status.Detail, StringComparison.Ordinal);

        async Task<RpcException> Refused(params string[] fields)
        {
            var refusal = await Streams.Fails(Client.DescribeRegions(request));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.Equal(fields, refusal.Fields());
            return refusal;
        }
    }

    // Rejects nearly everything, and draws so wildly that something better comes.
    private static SentenceGuard Denying(GuardStreaming streaming) => new()
    {
        Claims = new Verification(),
        Threshold = 0.02,
        Action = GuardAction.Resample,
        Unit = GuardUnit.Clause,
        Streaming = streaming,
        Resampling = new Resampling { Alternatives = 8, Attempts = 4, MaxTokens = 2000, Temperature = 2 },
    };

    private static DescribeRegionsRequest Request(int regions, double temperature = 0)
    {
        var request = new DescribeRegionsRequest
        {
            Image = Ask.Image(Scene),
            InDetail = true,
            Parameters = new GenerationParameters { Sampling = new SamplingParameters { Temperature = temperature, Seed = 3 } },
        };
        for (var i = 0; i < regions; i++)
            request.Regions.Add(Ask.Region($"r{i}", 0.3 - (0.05 * i), 0.7 - (0.1 * i), 0.48 - (0.03 * i), 0.88 - (0.12 * i)));
        return request;
    }

    private async Task<Dictionary<string, (RegionCompleted End, List<DescribeRegionsResponse> Events)>> Describe(
        DescribeRegionsRequest request) =>
        Collect(await Streams.ReadAll(Client.DescribeRegions(request)));

    private static Dictionary<string, (RegionCompleted End, List<DescribeRegionsResponse> Events)> Collect(
        List<DescribeRegionsResponse> events) =>
        events
        .Where(next => next.RegionId.Length > 0)
        .GroupBy(next => next.RegionId)
        .ToDictionary(own => own.Key, own => (own.Last().RegionCompleted, own.ToList()));

    private static string Replay(List<DescribeRegionsResponse> events)
    {
        var shown = "";
        foreach (var next in events)
        {
            shown = next.Retracted is { } retracted ? retracted.Text : shown + next.Token?.Text;
        }

        return shown;
    }
}
