using Glassbox.V1;
using Grpc.Core;
using Inference.Decoding.Probes;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Guards and several answers over gRPC.</summary>
public sealed class GuardTests : IAsyncLifetime
{
    private static readonly byte[] Scene = Demo.Scene("images/0003.png");

    private TestServer _server = null!;

    private VisionLanguageService.VisionLanguageServiceClient Client => _server.Client;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(prepare: model =>
        model.Add(ProbeFile.Read(Path.Combine(Demo.Model, "..", "probes", "objects.safetensors"))));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(GuardStreaming.Sentence)]
    [InlineData(GuardStreaming.Eager)]
    public async Task A_guard_reports_its_sentences_and_replaces_what_the_model_denies(GuardStreaming streaming)
    {
        var request = Ask.Generate(image: Scene);
        request.Parameters.Sampling = new SamplingParameters { Temperature = 0, Seed = 1 };
        request.Parameters.Guard = new SentenceGuard
        {
            Claims = new Verification(),
            Threshold = 0.05,
            Action = GuardAction.Resample,
            Unit = GuardUnit.Clause,
            Streaming = streaming,
            Resampling = new Resampling { Alternatives = 16, Attempts = 8, MaxTokens = 4000, Temperature = 2 },
        };
        var events = await Streams.ReadAll(Client.Generate(request));
        var completed = events[^1].Completed;
        Assert.Equal(completed.Text, Replay(events));
        var sentences = events.Where(next => next.Guarded is not null).Select(next => next.Guarded).ToArray();
        Assert.Contains(sentences, sentence => sentence.Outcome == GuardOutcome.Replaced && sentence.RejectedScore > 0.05);
        Assert.Equal((uint)sentences.Length, completed.Usage.Guard.Sentences);
        Assert.Equal((uint)sentences.Count(sentence => sentence.Outcome == GuardOutcome.Replaced), completed.Usage.Guard.Replaced);
        Assert.True(completed.Usage.Guard.DiscardedTokens > 0 && completed.Usage.SampledTokens > completed.Usage.CompletionTokens);
        Assert.Equal(streaming == GuardStreaming.Eager, events.Exists(next => next.Retracted is not null));
        var effective = completed.EffectiveParameters.Guard;
        Assert.Equal((0.05, streaming), (effective.Threshold, effective.Streaming));
        Assert.Equal(
            (16u, 8u, 4000u, 2.0),
            (
                effective.Resampling.Alternatives, effective.Resampling.Attempts, effective.Resampling.MaxTokens,
                effective.Resampling.Temperature));
    }

    [Fact]
    public async Task A_probe_guards_and_says_which_threshold_it_went_by()
    {
        var request = Ask.Generate(image: Scene);
        var plain = await Client.Complete(request);
        request.Parameters.Guard = new SentenceGuard
        {
            Probe = new ProbeChoice { Name = "objects", FalsePositiveRate = 0.1 },
            Unit = GuardUnit.Clause,
        };
        var completed = await Client.Complete(request);
        Assert.Equal(plain.Text, completed.Text);
        var effective = completed.EffectiveParameters.Guard;
        Assert.Equal((0.1, GuardAction.Annotate), (effective.Probe.FalsePositiveRate, effective.Action));
        Assert.InRange(effective.Threshold, 0.001, 0.999);
        Assert.Null(plain.Usage.Guard);
    }

    [Fact]
    public async Task A_guard_that_abstains_says_why_the_answer_ended()
    {
        var request = Ask.Generate(image: Scene);
        request.Parameters.Guard = new SentenceGuard
        {
            Claims = new Verification(),
            Threshold = 0,
            Action = GuardAction.Abstain,
            Unit = GuardUnit.Clause,
        };
        var completed = await Client.Complete(request);
        Assert.Equal((FinishReason.Guard, 1u, ""), (completed.FinishReason, completed.Usage.Guard.Removed, completed.Text));
    }

    [Fact]
    public async Task The_best_of_several_answers_is_sent_whole()
    {
        var request = Ask.Generate(image: Scene);
        request.Parameters.Sampling = new SamplingParameters { Temperature = 1.5, Seed = 7 };
        request.Parameters.BestOf = 4;
        request.Parameters.Verification = new Verification { MinLength = 0 };
        var events = await Streams.ReadAll(Client.Generate(request));
        var completed = events[^1].Completed;
        Assert.Equal(completed.Text, Replay(events));
        Assert.Equal((4u, 0.0), (completed.EffectiveParameters.BestOf, completed.EffectiveParameters.Verification.MinLength));
        Assert.True(completed.Usage.SampledTokens > 2 * completed.Usage.CompletionTokens);
        Assert.Contains(events, next => next.Claim is not null);
    }

    [Fact]
    public async Task What_a_guard_cannot_do_is_refused_by_its_field()
    {
        await Refused(new SentenceGuard(), "parameters.guard");
        await Refused(new SentenceGuard { Probe = new ProbeChoice { Name = "none" } }, "parameters.guard.probe.name");
        await Refused(
            new SentenceGuard { Probe = new ProbeChoice { Name = "objects", FalsePositiveRate = 0.3 } },
            "parameters.guard.probe.false_positive_rate");
        await Refused(new SentenceGuard { Claims = new Verification { Threshold = 2 } }, "parameters.guard.claims.threshold");
        await Refused(
            new SentenceGuard { Claims = new Verification(), Threshold = double.NaN, Action = (GuardAction)9, Unit = (GuardUnit)(-1) },
            "parameters.guard.threshold", "parameters.guard.action", "parameters.guard.unit");
        await Refused(new SentenceGuard { Claims = new Verification(), Resampling = new Resampling() }, "parameters.guard.resampling");
        await Refused(
            new SentenceGuard
            {
                Claims = new Verification(),
                Action = GuardAction.Resample,
                Resampling = new Resampling
                {
                    Alternatives = 17,
                    Attempts = 0,
                    MaxTokens = 0,
                    Temperature = 0,
                    Acceptance = (GuardAcceptance)7,
                },
            },
            "parameters.guard.resampling.alternatives", "parameters.guard.resampling.attempts", "parameters.guard.resampling.max_tokens",
            "parameters.guard.resampling.temperature", "parameters.guard.resampling.acceptance");
    }

    [Fact]
    public async Task Methods_are_refused_where_they_do_nothing_and_where_they_exclude_each_other()
    {
        var request = Ask.Generate();
        request.Parameters.BestOf = 17;
        Assert.Equal(["parameters.best_of"], (await Streams.Fails(Client.Generate(request))).Fields());
        request.Parameters.BestOf = 2;
        Assert.Equal(["parameters.best_of"], (await Streams.Fails(Client.Generate(request))).Fields());
        request.Parameters.Sampling = new SamplingParameters { Temperature = 1 };
        request.Parameters.Guard = new SentenceGuard { Claims = new Verification() };
        Assert.Equal(["parameters.best_of"], (await Streams.Fails(Client.Generate(request))).Fields());
        request.Messages[0].Parts.RemoveAt(0);
        request.Parameters.ClearBestOf();
        Assert.Equal(["parameters.guard"], (await Streams.Fails(Client.Generate(request))).Fields());

        var locate = new LocatePhraseRequest
        {
            Image = Ask.Image(Scene),
            Phrase = "the ring",
            Parameters = new GenerationParameters { Guard = request.Parameters.Guard, Verification = new Verification(), BestOf = 2 },
        };
        string[] fields = ["parameters.guard", "parameters.verification", "parameters.best_of"];
        Assert.Equal(fields, (await Assert.ThrowsAsync<RpcException>(async () => await Client.LocatePhraseAsync(locate))).Fields());
    }

    private async Task Refused(SentenceGuard guard, params string[] fields)
    {
        var request = Ask.Generate(image: Scene);
        request.Parameters.Guard = guard;
        var failure = await Streams.Fails(Client.Generate(request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(fields, failure.Fields());
    }

    private static string Replay(List<GenerateResponse> events)
    {
        var shown = "";
        foreach (var next in events)
        {
            shown = next.Retracted is { } retracted ? retracted.Text : shown + next.Token?.Text;
        }

        return shown;
    }
}
