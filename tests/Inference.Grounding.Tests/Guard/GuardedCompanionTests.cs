using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Guard;
using Inference.Grounding.Segments;

namespace Inference.Grounding.Tests.Guard;

/// <summary>A guard over strategies that read a second sequence: what is taken back is taken back from the companion too.</summary>
[Collection(SharedDemo.Name)]
public sealed class GuardedCompanionTests(DemoHost demo)
{
    // Asked at every token, and weighty enough that every answer differs from a plain one.
    private const string Vcd = "vcd alpha=2 relative-top=0.001", M3id = "m3id lambda=0.2 alpha=1";

    private static readonly GuardOptions Clauses = new()
    {
        Unit = SegmentUnit.Clause, Action = GuardAction.Resample, Temperature = 1.5f, Alternatives = 8, Attempts = 4,
    };

    public static TheoryData<string, float, GuardStreaming> Cases
    {
        get
        {
            var cases = new TheoryData<string, float, GuardStreaming>();
            foreach (var strategy in new[] { Vcd, M3id })
            {
                cases.Add(strategy, 0, GuardStreaming.Sentence);
                cases.Add(strategy, 0, GuardStreaming.Eager);
                cases.Add(strategy, 1.5f, GuardStreaming.Eager);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_guard_that_never_fires_gives_the_bits_of_the_strategy_alone(
        string strategy, float temperature, GuardStreaming streaming)
    {
        using var image = demo.Scene(3);
        var request = Ask(demo, image, strategy, temperature);
        var alone = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var plain = await demo.Answerer.AnswerAsync(Ask(demo, image, strategy: null, temperature), CancellationToken.None);
        Assert.NotEqual(plain.Tokens.Select(token => token.Id), alone.Tokens.Select(token => token.Id));
        var guarded = await demo.Answerer.AnswerAsync(
            With(request, Clauses with { Judge = new WordJudge(_ => 0.5), Threshold = 0.5, Streaming = streaming }),
            CancellationToken.None);
        Assert.Equal(alone.Text, guarded.Text);
        Assert.Equal(alone.Tokens.Select(Bits), guarded.Tokens.Select(Bits));
        Assert.Equal(alone.Generation.Reason, guarded.Generation.Reason);
        Assert.Equal(0, guarded.Guard!.DiscardedTokens);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_rolled_back_and_regenerated_equals_what_a_fresh_host_gives(
        string strategy, float temperature, GuardStreaming streaming)
    {
        using var image = demo.Scene(3);
        var request = Ask(demo, image, strategy, temperature);
        var answer = await demo.Answerer.AnswerAsync(
            With(request, Clauses with { Judge = RejectsSecond(), Streaming = streaming }), CancellationToken.None);
        var replaced = Assert.Single(answer.Guard!.Segments, segment => segment.Outcome == SegmentOutcome.Replaced);
        var kept = replaced.FirstToken + replaced.Tokens;
        Assert.InRange(replaced.FirstToken, 1, kept - 1);
        Assert.InRange(kept, 1, answer.Tokens.Count - 1);

        // A host whose companions have never read the rejected text.
        using var fresh = new DemoHost();
        using var same = fresh.Scene(3);
        var sampling = request.Options.Sampling;
        var rest = await ContinueAsync(fresh, same, request, sampling, answer.Tokens.Take(kept));
        Assert.Equal(answer.Tokens.Skip(kept).Select(Bits), rest.Tokens.Select(Bits));

        // What took the place of the rejected sentence is one of the alternatives as they are drawn from the kept tokens alone.
        var drawn = await Task.WhenAll(
            from attempt in Enumerable.Range(0, Clauses.Attempts)
            from number in Enumerable.Range(0, Clauses.Alternatives)
            select ContinueAsync(fresh, same, request, sampling with
            {
                DoSample = true,
                Temperature = temperature == 0 ? Clauses.Temperature : temperature,
                Seed = DerivedSeeds.Of(sampling.Seed, replaced.Index, attempt, number),
                MaxTokens = kept,
            }, answer.Tokens.Take(replaced.FirstToken)));
        Assert.Contains(
            drawn, draft => draft.Tokens.Select(Bits).SequenceEqual(answer.Tokens.Take(kept).Skip(replaced.FirstToken).Select(Bits)));
    }

    [Fact]
    public async Task Answers_have_the_same_bits_alone_and_in_a_mixed_batch_of_sixteen()
    {
        var images = Enumerable.Range(0, 16).Select(demo.Scene).ToArray();
        string?[] strategies = [Vcd, M3id, null];
        AnswerRequest[] requests =
        [
            .. images.Select(
                (image, i) => Mixed(Ask(demo, image, strategies[i % strategies.Length], i % 2 == 0 ? 0 : 1, seed: (ulong)i), i)),
        ];
        var together = await Task.WhenAll(requests.Select(request => demo.Answerer.AnswerAsync(request, CancellationToken.None)));
        for (var kind = 0; kind < strategies.Length; kind++)
        {
            Assert.Contains(
                together.Where((_, i) => i % strategies.Length == kind),
                answer => answer.Guard?.Segments.Any(segment => segment.Outcome == SegmentOutcome.Replaced) == true);
        }

        for (var i = 0; i < requests.Length; i++)
        {
            var alone = await demo.Answerer.AnswerAsync(requests[i], CancellationToken.None);
            Assert.Equal(alone.Text, together[i].Text);
            Assert.Equal(alone.Tokens.Select(Bits), together[i].Tokens.Select(Bits));
            Assert.Equal(alone.Guard?.Segments.Select(Facts) ?? [], together[i].Guard?.Segments.Select(Facts) ?? []);
        }

        Array.ForEach(images, image => image.Dispose());
    }

    private static AnswerRequest Mixed(AnswerRequest request, int i) => (i % 4) switch
    {
        3 => request,
        1 => With(request, Clauses with
        {
            Judge = WordJudge.Against("large"),
            Streaming = GuardStreaming.Eager,
            Acceptance = GuardAcceptance.Best,
        }),
        _ => With(request, Clauses with { Judge = RejectsSecond() }),
    };

    // The first clause stays, so that there is something to go on from, and whatever is drawn for the next is good.
    private static SecondJudge RejectsSecond() => new();

    private static AnswerRequest Ask(DemoHost host, PreparedImage image, string? strategy, float temperature, ulong seed = 1)
    {
        var overrides = new SamplingOverrides { MaxTokens = 48, Temperature = temperature, Seed = seed, Logprobs = true };
        return host.Ask(image, sampling: strategy?.Split(' ') is [var name, .. var pairs]
            ? overrides with { Strategy = StrategyChoice.Parse(name, pairs) }
            : overrides);
    }

    private static AnswerRequest With(AnswerRequest request, GuardOptions guard) =>
        request with { Options = request.Options with { Guard = guard } };

    private static Task<Transcript> ContinueAsync(
        DemoHost host, PreparedImage image, AnswerRequest request, SamplingParameters sampling, IEnumerable<TokenEvent> kept) =>
        Transcript.ReadAsync(host.Host.Submit(host.Model, [image], new GenerationRequest
        {
            Prompt = request.Prompt,
            Sampling = sampling,
            Continuation = [.. kept.Select(token => token.Id)],
        }));

    private static (int, int, string, float) Bits(TokenEvent token) => (token.Index, token.Id, token.Text, token.Logprob);

    private static (int, int, string, double?, SegmentOutcome, int, string?) Facts(SegmentVerdict segment) => (
        segment.FirstToken, segment.Tokens, segment.Text, segment.Score, segment.Outcome, segment.Alternatives, segment.Rejected);

    /// <summary>Rejects what an answer says in its second segment at first, and nothing else; one judge an answer.</summary>
    private sealed class SecondJudge : ISegmentJudge
    {
        private string? _rejected;

        public Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken)
        {
            _rejected ??= segment.Index == 1 ? segment.Text : null;
            return Task.FromResult(SegmentScore.None with { Score = segment.Index == 1 && segment.Text == _rejected ? 0.9 : 0.1 });
        }
    }
}
