using System.Text;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Guard;
using Inference.Grounding.Segments;

namespace Inference.Grounding.Tests.Guard;

[Collection(SharedDemo.Name)]
public sealed class SentenceGuardTests(DemoHost demo)
{
    private static readonly GuardOptions Clauses = new() { Unit = SegmentUnit.Clause, Action = GuardAction.Resample, Temperature = 1.5f };

    [Theory]
    [InlineData(0f, GuardStreaming.Sentence)]
    [InlineData(0f, GuardStreaming.Eager)]
    [InlineData(1.5f, GuardStreaming.Sentence)]
    [InlineData(1.5f, GuardStreaming.Eager)]
    public async Task A_guard_that_never_fires_gives_the_bits_of_plain_decoding(float temperature, GuardStreaming streaming)
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 64, Temperature = temperature, Logprobs = true });
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var (answer, events) = await GuardAsync(request, Clauses with
        {
            Judge = new WordJudge(_ => 0.5),
            Threshold = 0.5,
            Streaming = streaming,
        });
        Assert.Equal(plain.Text, answer.Text);
        Assert.Equal(
            plain.Tokens.Select(token => (token.Index, token.Id, token.Text, token.Logprob)),
            answer.Tokens.Select(token => (token.Index, token.Id, token.Text, token.Logprob)));
        Assert.Equal(plain.Generation.Reason, answer.Generation.Reason);
        Assert.Equal(plain.Generation.Usage.CompletionTokens, answer.Generation.Usage.SampledTokens);
        Assert.Equal(plain.Text, Replay(events));
        Assert.Equal(plain.Text, string.Concat(answer.Guard!.Segments.Select(segment => segment.Text)));
        Assert.All(answer.Guard.Segments, segment => Assert.Equal((SegmentOutcome.Accepted, 0.5), (segment.Outcome, segment.Score)));
        Assert.Equal((0, false), (answer.Guard.DiscardedTokens, answer.Guard.IsExhausted));
    }

    [Theory]
    [InlineData(GuardStreaming.Sentence)]
    [InlineData(GuardStreaming.Eager)]
    public async Task A_rejected_sentence_is_replaced_and_the_events_add_up_to_the_answer(GuardStreaming streaming)
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        Assert.Contains("ring", plain.Text, StringComparison.Ordinal);
        var (answer, events) = await GuardAsync(
            request, Clauses with { Judge = WordJudge.Against("ring"), Streaming = streaming, Alternatives = 8, Attempts = 4 });
        Assert.DoesNotContain("ring", answer.Text, StringComparison.Ordinal);
        var replaced = answer.Guard!.Segments.Where(segment => segment.Outcome == SegmentOutcome.Replaced).ToArray();
        Assert.NotEmpty(replaced);
        Assert.All(replaced, segment =>
        {
            Assert.Equal((0.1, 0.9), (segment.Score, segment.RejectedScore));
            Assert.Contains("ring", segment.Rejected, StringComparison.Ordinal);
        });
        Assert.Equal(answer.Text, Replay(events));
        Assert.Equal(answer.Tokens.Count, events.OfType<AnswerText>().Last().CompletionTokens);
        Assert.Equal(Enumerable.Range(0, answer.Tokens.Count), answer.Tokens.Select(token => token.Index));
        var retractions = events.OfType<AnswerRetracted>().ToArray();
        Assert.Equal(streaming == GuardStreaming.Eager, retractions.Length > 0);
        Assert.All(retractions, retracted => Assert.StartsWith(retracted.Text, answer.Text, StringComparison.Ordinal));
        Assert.True(answer.Generation.Usage.SampledTokens > answer.Tokens.Count);
        Assert.Equal(answer.Generation.Usage.SampledTokens - answer.Tokens.Count, answer.Guard.DiscardedTokens);
    }

    [Fact]
    public async Task Nothing_rejected_is_in_the_context_of_what_follows()
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var (answer, _) = await GuardAsync(request, Clauses with { Judge = WordJudge.Against("ring"), Alternatives = 8, Attempts = 4 });
        var replaced = answer.Guard!.Segments.Last(segment => segment.Outcome == SegmentOutcome.Replaced);
        var kept = replaced.FirstToken + replaced.Tokens;
        Assert.InRange(kept, 1, answer.Tokens.Count - 1);

        // A host that has never seen the rejected text, going on from what was kept.
        using var fresh = new DemoHost();
        using var same = fresh.Scene(3);
        var rest = await Transcript.ReadAsync(fresh.Host.Engine.Submit(fresh.Model.Name, new GenerationRequest
        {
            Prompt = request.Prompt,
            Images = [same.Image],
            Sampling = request.Options.Sampling with { Logprobs = true },
            Continuation = [.. answer.Tokens.Take(kept).Select(token => token.Id)],
        }));
        Assert.Equal(answer.Tokens.Skip(kept).Select(token => token.Id), rest.Tokens.Select(token => token.Id));
    }

    [Fact]
    public async Task What_cannot_be_bettered_stays_and_is_flagged_within_the_budget()
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var hopeless = Clauses with { Judge = new WordJudge(_ => 0.9), MaxTokens = 40, Alternatives = 2, Attempts = 3 };
        var (answer, events) = await GuardAsync(request, hopeless);
        Assert.Equal(plain.Text, answer.Text);
        Assert.Equal(plain.Tokens.Select(token => token.Id), answer.Tokens.Select(token => token.Id));
        Assert.All(answer.Guard!.Segments, segment => Assert.Equal(SegmentOutcome.Flagged, segment.Outcome));
        Assert.True(answer.Guard.IsExhausted);
        Assert.InRange(answer.Guard.DiscardedTokens, 1, 40);
        Assert.All(answer.Guard.Segments, segment => Assert.InRange(segment.Alternatives, 0, 6));
        Assert.Empty(events.OfType<AnswerRetracted>());
    }

    [Fact]
    public async Task Where_nothing_is_clean_the_lowest_score_is_taken_if_it_is_lower()
    {
        using var image = demo.Scene(3);
        // The longer, the better, and never good enough.
        var longest = Clauses with
        {
            Judge = new WordJudge(text => 1 / (1.0 + text.Length)),
            Threshold = 0,
            Alternatives = 8,
            Attempts = 1,
        };
        var (answer, _) = await GuardAsync(demo.Ask(image), longest);
        var replaced = answer.Guard!.Segments.Where(segment => segment.Outcome == SegmentOutcome.Replaced).ToArray();
        Assert.NotEmpty(replaced);
        Assert.All(
            replaced, segment => Assert.True(segment.Score < segment.RejectedScore && segment.Text.Length > segment.Rejected!.Length));
    }

    [Theory]
    [InlineData(GuardStreaming.Sentence)]
    [InlineData(GuardStreaming.Eager)]
    public async Task Abstaining_ends_the_answer_in_front_of_the_sentence(GuardStreaming streaming)
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var (answer, events) = await GuardAsync(
            request, Clauses with { Action = GuardAction.Abstain, Judge = WordJudge.Against("cross"), Streaming = streaming });
        Assert.Equal(FinishReason.Until, answer.Generation.Reason);
        Assert.StartsWith(answer.Text, plain.Text, StringComparison.Ordinal);
        Assert.Contains("ring", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("cross", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.Text, Replay(events));
        Assert.Equal(SegmentOutcome.Removed, answer.Guard!.Segments[^1].Outcome);
    }

    [Theory]
    [InlineData(GuardAction.Annotate, 0)]
    [InlineData(GuardAction.Verify, 1)]
    public async Task Reporting_leaves_the_text_as_it_is(GuardAction action, int claims)
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var plain = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var (answer, _) = await GuardAsync(request, Clauses with { Action = action, Judge = WordJudge.Against("ring") });
        Assert.Equal(plain.Text, answer.Text);
        var flagged = Assert.Single(answer.Guard!.Segments, segment => segment.Outcome == SegmentOutcome.Flagged);
        Assert.Equal((0.9, claims), (flagged.Score, flagged.Claims.Count));
    }

    [Fact]
    public async Task Claims_judge_as_the_model_answers_about_them()
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image);
        var verified = await demo.Answerer.AnswerAsync(
            request with { Options = request.Options with { Verification = new() } }, CancellationToken.None);
        var (answer, _) = await GuardAsync(request, new GuardOptions { Unit = SegmentUnit.Clause, Threshold = 1 });
        var scored = answer.Guard!.Segments.Where(segment => segment.Score is not null).ToArray();
        Assert.Equal(verified.Claims!.Verdicts.Select(verdict => 1 - verdict.Yes), scored.Select(segment => segment.Score!.Value));
    }

    [Fact]
    public async Task An_answer_has_the_same_bits_alone_and_among_fifteen_others()
    {
        var images = Enumerable.Range(0, 16).Select(demo.Scene).ToArray();
        AnswerRequest[] requests = [.. images.Select((image, i) => Mixed(demo.Ask(image, sampling: new SamplingOverrides
        {
            MaxTokens = 48,
            Seed = (ulong)i,
            Temperature = i % 2 == 0 ? 0 : 1,
        }), i))];
        var together = await Task.WhenAll(requests.Select(request => demo.Answerer.AnswerAsync(request, CancellationToken.None)));
        Assert.Contains(together, answer => answer.Guard?.Segments.Any(segment => segment.Outcome == SegmentOutcome.Replaced) == true);
        for (var i = 0; i < requests.Length; i++)
        {
            var alone = await demo.Answerer.AnswerAsync(requests[i], CancellationToken.None);
            Assert.Equal(alone.Text, together[i].Text);
            Assert.Equal(alone.Tokens.Select(token => token.Id), together[i].Tokens.Select(token => token.Id));
            Assert.Equal(alone.Guard?.Segments.Select(Facts) ?? [], together[i].Guard?.Segments.Select(Facts) ?? []);
        }

        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public async Task A_cancelled_guard_ends_with_what_there_is_and_gives_everything_back()
    {
        using var demo = new DemoHost();
        using var cancellation = new CancellationTokenSource();
        using (var image = demo.Scene(3))
        {
            var options = Clauses with
            {
                Judge = new WordJudge(_ =>
                {
                    cancellation.Cancel();
                    return 0.9;
                }),
            };
            var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 900 });
            request = request with { Options = request.Options with { Sampling = request.Options.Sampling with { StopTokenIds = [] } } };
            using var stream = demo.Answerer.Start(request with { Options = request.Options with { Guard = options } }, cancellation.Token);
            var events = await ReadAsync(stream);
            Assert.Equal(FinishReason.Cancelled, stream.Result.Generation.Reason);
            Assert.Equal(stream.Result.Text, Replay(events));
        }

        while (demo.Host.Engine.Load("demo") is { Running: > 0 } or { KvPagesUsed: > 0 })
        {
            await Task.Delay(5);
        }
    }

    [Fact]
    public async Task A_stop_string_and_the_bound_on_tokens_hold_over_what_is_replaced()
    {
        using var image = demo.Scene(3);
        var (stopped, _) = await GuardAsync(
            demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 64, StopStrings = [" and"] }),
            Clauses with { Judge = WordJudge.Against("ring"), Alternatives = 8, Attempts = 4 });
        Assert.DoesNotContain(" and", stopped.Text, StringComparison.Ordinal);
        for (var most = 1; most < 24; most++)
        {
            var (answer, _) = await GuardAsync(
                demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = most }),
                Clauses with { Judge = WordJudge.Against("ring"), Alternatives = 8, Attempts = 4 });
            Assert.InRange(answer.Tokens.Count, 1, most);
        }
    }

    private static AnswerRequest Mixed(AnswerRequest request, int i) => request with
    {
        Options = request.Options with
        {
            Guard = (i % 4) switch
            {
                0 => Clauses with { Judge = WordJudge.Against("small") },
                1 => Clauses with
                {
                    Judge = WordJudge.Against("large"),
                    Streaming = GuardStreaming.Eager,
                    Acceptance = GuardAcceptance.Best,
                },
                2 => Clauses with { Threshold = 0.05 },
                _ => null,
            },
        },
    };

    private static (int, int, string, double?, SegmentOutcome, int, string?) Facts(SegmentVerdict segment) => (
        segment.FirstToken, segment.Tokens, segment.Text, segment.Score, segment.Outcome, segment.Alternatives, segment.Rejected);

    private async Task<(AnswerResult Answer, List<AnswerEvent> Events)> GuardAsync(AnswerRequest request, GuardOptions guard)
    {
        using var stream = demo.Answerer.Start(request with { Options = request.Options with { Guard = guard } }, CancellationToken.None);
        var events = await ReadAsync(stream);
        return (stream.Result, events);
    }

    private static async Task<List<AnswerEvent>> ReadAsync(AnswerStream stream)
    {
        List<AnswerEvent> events = [];
        await foreach (var next in stream.ReadAllAsync())
        {
            events.Add(next);
        }

        return events;
    }

    // What a client shows that follows the events.
    private static string Replay(List<AnswerEvent> events)
    {
        var shown = new StringBuilder();
        foreach (var next in events)
        {
            switch (next)
            {
                case AnswerText text:
                    shown.Append(text.Text);
                    break;
                case AnswerRetracted retracted:
                    Assert.StartsWith(retracted.Text, shown.ToString(), StringComparison.Ordinal);
                    shown.Length = retracted.Text.Length;
                    break;
            }
        }

        return shown.ToString();
    }
}
