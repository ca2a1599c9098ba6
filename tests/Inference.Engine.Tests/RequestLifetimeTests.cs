using Inference.Decoding.Sampling;

namespace Inference.Engine.Tests;

/// <summary>How requests begin, end and share: bounds, stops, cancellation, slow readers.</summary>
public sealed class RequestLifetimeTests
{
    [Fact]
    public async Task A_cancelled_request_ends_and_gives_its_pages_back_while_another_runs_on()
    {
        using var fixture = new EngineFixture();
        using var source = new CancellationTokenSource();
        var other = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(8, 2), EngineFixture.Greedy(200)) with
        {
            IgnoreStopTokens = true,
        });
        var request = fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(400)) with
        {
            CancellationToken = source.Token,
            IgnoreStopTokens = true,
        };
        var generation = fixture.Submit(request);
        var seen = 0;
        await foreach (var token in generation.ReadAllAsync())
        {
            if (++seen == 3)
            {
                await source.CancelAsync();
            }
        }

        Assert.Equal(FinishReason.Cancelled, (await generation.Completion).Reason);
        Assert.True(seen < 400, $"{seen} tokens came after all");
        Assert.Equal(200, (await Answer.Of(other)).Ids.Length);
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    [Fact]
    public async Task A_reader_that_stops_pauses_only_its_own_sequence_and_is_cut_off()
    {
        var options = new EngineOptions
        {
            ContextLength = 512,
            KvBytes = 32 << 20,
            UnreadTokens = 4,
            SlowReaderTimeout = TimeSpan.FromMilliseconds(200),
        };
        using var fixture = new EngineFixture(options);
        var slow = fixture.Submit(fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(100)) with
        {
            IgnoreStopTokens = true,
        });
        var quick = await fixture.Run(fixture.Request(EngineFixture.TextPrompt(8, 2), EngineFixture.Greedy(100)) with
        {
            IgnoreStopTokens = true,
        });

        var result = await slow.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(100, quick.Ids.Length);
        Assert.Equal(FinishReason.SlowReader, result.Reason);
        Assert.InRange(result.Usage.CompletionTokens, 4, 5);
    }

    [Fact]
    public async Task A_paused_sequence_goes_on_when_it_is_read_and_loses_nothing()
    {
        var options = new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, UnreadTokens = 2 };
        using var fixture = new EngineFixture(options);
        var request = fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(30)) with { IgnoreStopTokens = true };
        var straight = await fixture.Run(request);
        var generation = fixture.Submit(request);
        await Task.Delay(150);
        Assert.False(generation.Completion.IsCompleted);
        Assert.Equal(straight.Ids, (await Answer.Of(generation)).Ids);
    }

    [Fact]
    public async Task More_requests_than_places_wait_and_a_full_queue_refuses()
    {
        var options = new EngineOptions { ContextLength = 512, KvBytes = 32 << 20, MaxSequences = 2, MaxQueue = 3 };
        using var fixture = new EngineFixture(options);
        var request = fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(300)) with { IgnoreStopTokens = true };
        var accepted = new List<Generation>();
        AdmissionException? refusal = null;
        for (var i = 0; i < 50 && refusal is null; i++)
        {
            try
            {
                accepted.Add(fixture.Submit(request));
            }
            catch (AdmissionException error)
            {
                refusal = error;
            }
        }

        Assert.Equal(AdmissionError.QueueFull, refusal?.Error);
        Assert.Equal(3, refusal?.Limit);
        var answers = await Task.WhenAll(accepted.Select(Answer.Of));
        Assert.All(answers, answer => Assert.Equal(answers[0].Ids, answer.Ids));
        Assert.Equal(0, fixture.Engine.Load(fixture.Model).KvPagesUsed);
    }

    [Fact]
    public void A_prompt_that_cannot_fit_is_refused_with_what_was_found_and_what_is_allowed()
    {
        using var fixture = new EngineFixture();
        var error = Assert.Throws<AdmissionException>(
            () => fixture.Submit(fixture.Request(EngineFixture.TextPrompt(500, 1), EngineFixture.Greedy(13))));
        Assert.Equal((AdmissionError.TooLong, 513, 512), (error.Error, error.Actual, error.Limit));
    }

    [Fact]
    public async Task A_stop_token_ends_the_text_and_is_its_last_id()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(8, 3), EngineFixture.Greedy(20));
        var free = await fixture.Run(request);
        var stop = free.Ids[6];
        var first = Array.IndexOf(free.Ids, stop);

        var stopped = await fixture.Run(request with { Sampling = request.Sampling with { StopTokenIds = [stop] } });
        Assert.Equal(free.Ids[..(first + 1)], stopped.Ids);
        Assert.Equal(FinishReason.StopToken, stopped.Result.Reason);
        Assert.StartsWith(stopped.Text, free.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_string_is_held_back_and_left_out()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(8, 5), EngineFixture.Greedy(40)) with { IgnoreStopTokens = false };
        var free = await fixture.Run(request);
        var middle = free.Text.Length / 2;
        var stop = free.Text.Substring(middle, 3);
        var end = free.Text.IndexOf(stop, StringComparison.Ordinal);

        var stopped = await fixture.Run(request with { Sampling = request.Sampling with { StopStrings = [stop] } });
        Assert.Equal(free.Text[..end], stopped.Text);
        Assert.Equal((FinishReason.StopSequence, stop), (stopped.Result.Reason, stopped.Result.StopString));
    }

    [Fact]
    public async Task Two_models_share_one_loop()
    {
        using var fixture = new EngineFixture(null, 2, Testing.Goldens.ClipLlama, Testing.Goldens.SiglipQwen2);
        var request = fixture.Request(EngineFixture.TextPrompt(12, 4), EngineFixture.Greedy(20)) with { IgnoreStopTokens = true };
        var (first, second) = (await fixture.Run(request, 0), await fixture.Run(request, 1));
        var together = await Task.WhenAll(fixture.Run(request, 0), fixture.Run(request, 1));
        Assert.Equal(first.Ids, together[0].Ids);
        Assert.Equal(second.Ids, together[1].Ids);
        Assert.NotEqual(first.Ids, second.Ids);
    }

    [Fact]
    public async Task Logprobs_are_those_of_the_final_logits_and_the_best_come_first()
    {
        using var fixture = new EngineFixture();
        var trace = new RecordingTrace();
        var sampling = new SamplingParameters { MaxTokens = 6, Logprobs = true, TopLogprobs = 3 };
        var answer = await fixture.Run(fixture.Request(EngineFixture.TextPrompt(9, 4), sampling) with
        {
            Trace = trace,
            IgnoreStopTokens = true,
        });
        var scores = trace["scores"];
        var vocabulary = scores.Length / 6;
        for (var step = 0; step < 6; step++)
        {
            var logits = scores[(step * vocabulary)..((step + 1) * vocabulary)];
            var normalizer = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            var token = answer.Tokens[step];
            Assert.Equal(logits[token.Id] - normalizer, token.Logprob, 1e-4);
            Assert.Equal(token.Id, token.TopLogprobs[0].Id);
            Assert.Equal(logits.Order().TakeLast(3).Reverse(), token.TopLogprobs.Select(top => logits[top.Id]));
        }
    }

    [Fact]
    public async Task Draining_refuses_new_requests_and_finishes_the_running()
    {
        using var fixture = new EngineFixture();
        var request = fixture.Request(EngineFixture.TextPrompt(8, 1), EngineFixture.Greedy(60)) with { IgnoreStopTokens = true };
        var running = fixture.Submit(request);
        var drained = fixture.Engine.DrainAsync(CancellationToken.None);
        Assert.Equal(AdmissionError.Draining, Assert.Throws<AdmissionException>(() => fixture.Submit(request)).Error);
        Assert.Equal(60, (await Answer.Of(running)).Ids.Length);
        await drained.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
