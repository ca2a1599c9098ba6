using Glassbox.V1;
using Grpc.Core;
using Inference.Decoding.Probes;
using Inference.Grounding;
using Inference.Server.Tests.Support;
using ProbeScore = Glassbox.V1.ProbeScore;

namespace Inference.Server.Tests.Services;

/// <summary>Probes as a request option.</summary>
public sealed class ProbeTests : IAsyncLifetime
{
    private const int Layer = 3;
    private TestServer _server = null!;

    private VisionLanguageService.VisionLanguageServiceClient Client => _server.Client;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(prepare: model =>
    {
        model.Add(Random(model, "one", Layer));
        model.Add(Random(model, "two", Layer, model.Model.Decoder.Shape.Layers));
    });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Probes_are_listed_with_their_model()
    {
        var probes = (await Client.ListModelsAsync(new ListModelsRequest())).Models[0].Probes;
        Assert.Equal(["one", "two"], probes.Select(probe => probe.Name));
        Assert.Equal(("a random direction", (uint)Layer), (probes[0].Label, Assert.Single(probes[0].Layers)));
        Assert.Equal([0.05, 0.5], probes[0].FalsePositiveRates);
    }

    [Fact]
    public async Task Tokens_carry_scores_and_spans_and_sentences_come_in_front_of_what_follows()
    {
        var request = Ask.Generate();
        var plain = await Client.Complete(request);
        request.Parameters.Probes = Options(("one", 0.5), ("two", null));
        var events = await Streams.ReadAll(Client.Generate(request));
        var completed = events[^1].Completed;
        Assert.Equal(plain.Text, completed.Text);
        Assert.Equal(plain.Usage.CompletionTokens, completed.Usage.CompletionTokens);
        var echoed = completed.EffectiveParameters.Probes.Probes;
        Assert.Equal([("one", 0.5), ("two", 0.05)], echoed.Select(probe => (probe.Name, probe.FalsePositiveRate)));

        Token[] tokens = [.. events.Where(next => next.Token is not null).SelectMany(next => next.Token.Tokens)];
        Assert.Equal(plain.Usage.CompletionTokens, (uint)tokens.Length);
        Assert.All(tokens.SkipLast(1), token => Assert.Equal(["one", "two"], token.Probes.Select(score => score.Probe)));
        // The model ends the answer itself, and its end token is not scored.
        Assert.Empty(tokens[^1].Probes);
        Assert.All(tokens.SelectMany(token => token.Probes), score => Assert.InRange(score.Probability, 0, 1));

        ScoredSentence[] sentences = [.. events.Select(next => next.Sentence).OfType<ScoredSentence>()];
        Assert.Equal(
            plain.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries), sentences.SelectMany(sentence => sentence.Text.Split(' ')));
        foreach (var sentence in sentences)
        {
            ProbeScore[] scores =
            [
                .. tokens.Where(token => token.Index >= sentence.FirstToken && token.Index < sentence.EndToken)
                    .SelectMany(token => token.Probes).Where(score => score.Probe == "one"),
            ];
            Assert.Equal(scores.Max(score => score.Logit), sentence.Scores[0].Logit);
            Assert.Equal(scores.Average(score => score.Probability), sentence.Scores[0].MeanProbability, 1e-5);
            Assert.Equal((uint)scores.Length, sentence.Scores[0].ScoredTokens);
        }

        ScoredSpan[] spans = [.. events.Select(next => next.Span).OfType<ScoredSpan>().Where(span => span.Score.Probe == "one")];
        var flagged = tokens.Where(token => token.Probes.Any(score => score.Probe == "one" && score.Logit > 0)).ToArray();
        Assert.NotEmpty(flagged);
        Assert.All(flagged, token => Assert.Single(spans, span => span.FirstToken <= token.Index && token.Index < span.EndToken));
        Assert.All(spans, span => Assert.Contains(span.Text, plain.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_is_cut_short_is_scored_to_its_last_token()
    {
        var request = Ask.Generate(maxTokens: 3);
        request.Parameters.Probes = Options(("two", null));
        var events = await Streams.ReadAll(Client.Generate(request));
        var tokens = events.Where(next => next.Token is not null).SelectMany(next => next.Token.Tokens);
        Assert.Equal(3, tokens.Count(token => token.Probes.Count == 1));
        Assert.Equal(FinishReason.MaxTokens, events[^1].Completed.FinishReason);
    }

    [Fact]
    public async Task Regions_are_scored_each_for_itself()
    {
        var request = Describe();
        request.Parameters = new GenerationParameters { Probes = Options(("one", null)) };
        var events = await Streams.ReadAll(Client.DescribeRegions(request));
        foreach (var id in new[] { "a", "b" })
        {
            var completed = Assert.Single(events, next => next.RegionId == id && next.RegionCompleted is not null).RegionCompleted;
            Assert.All(completed.Tokens.SkipLast(1), token => Assert.Single(token.Probes));
            var sentence = Assert.Single(events, next => next.RegionId == id && next.Sentence is not null).Sentence;
            Assert.Equal(completed.Text.Trim(), sentence.Text);
        }
    }

    [Fact]
    public async Task What_no_probe_can_do_is_refused_by_field()
    {
        var request = Ask.Generate();
        request.Parameters.Probes = Options(("one", 0.2), ("three", null), ("one", null), ("two", null), ("two", 0.05));
        var failure = await Streams.Fails(Client.Generate(request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(
            ["parameters.probes.probes[0].false_positive_rate", "parameters.probes.probes[1].name", "parameters.probes.probes[4].name"],
            failure.Fields());

        var describe = Describe();
        describe.Parameters = new GenerationParameters { Probes = Options(("one", null)) };
        describe.Candidates = new CandidateOptions { Samples = 2 };
        Assert.Equal(["parameters.probes"], (await Streams.Fails(Client.DescribeRegions(describe))).Fields());

        var locate = new LocatePhraseRequest { Image = Ask.Image(Demo.FirstScene), Phrase = "the ring", Parameters = describe.Parameters };
        failure = await Assert.ThrowsAsync<RpcException>(async () => await Client.LocatePhraseAsync(locate));
        Assert.Equal(["parameters.probes"], failure.Fields());
    }

    [Fact]
    public void Probes_of_another_model_and_of_the_same_name_are_refused()
    {
        var model = _server.Models.Models[0];
        Assert.Equal("probe", Assert.Throws<ProbeException>(() => model.Add(Random(model, "one", 1))).Field);
        var foreign = Random(model, "x", 1) with { ModelFingerprint = new string('0', 64) };
        Assert.Equal("model", Assert.Throws<ProbeException>(() => model.Add(foreign)).Field);
    }

    private static DescribeRegionsRequest Describe() => new()
    {
        Image = Ask.Image(Demo.FirstScene),
        Regions = { Ask.Region("a", 0.1, 0.1, 0.5, 0.5), Ask.Region("b", 0.4, 0.4, 0.9, 0.9) },
        Output = new OutputOptions { Tokens = true },
    };

    private static ProbeOptions Options(params (string Name, double? Rate)[] probes)
    {
        var options = new ProbeOptions();
        foreach (var (name, rate) in probes)
        {
            var choice = new ProbeChoice { Name = name };
            if (rate is { } number)
            {
                choice.FalsePositiveRate = number;
            }

            options.Probes.Add(choice);
        }

        return options;
    }

    private static Probe Random(ServedModel model, string name, params int[] layers)
    {
        var random = new Random(layers.Sum());
        float[] Direction() => [.. Enumerable.Range(0, model.Model.Decoder.Shape.Width).Select(_ => random.NextSingle() - 0.5f)];
        return new Probe
        {
            Name = name,
            Label = "a random direction",
            ModelFingerprint = model.Model.Fingerprint,
            Terms = [.. layers.Select(layer => new ProbeTerm(layer, Direction()))],
            Bias = 0,
            Token = new ProbeScale(PlattCalibration.Identity, [new ProbeThreshold(0.05f, 2f), new ProbeThreshold(0.5f, 0f)]),
        };
    }
}
