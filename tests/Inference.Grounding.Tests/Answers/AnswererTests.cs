using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;

namespace Inference.Grounding.Tests.Answers;

[Collection(SharedDemo.Name)]
public sealed class AnswererTests(DemoHost demo)
{
    [Fact]
    public async Task Without_methods_the_answer_is_that_of_the_engine()
    {
        using var image = demo.Scene(5);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 40, Temperature = 1.5f, Logprobs = true });
        var answer = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var generation = demo.Host.Submit(demo.Model, request.Prompt, request.Images, request.Options.Sampling, CancellationToken.None);
        List<TokenEvent> tokens = [];
        await foreach (var token in generation.ReadAllAsync())
        {
            tokens.Add(token);
        }

        Assert.Equal(
            tokens.Select(token => (token.Id, token.Text, token.Logprob)),
            answer.Tokens.Select(token => (token.Id, token.Text, token.Logprob)));
        // What the first one left in the cache is found by the second.
        Assert.Equal((await generation.Completion).Usage with { CachedTokens = 0 }, answer.Generation.Usage with { CachedTokens = 0 });
    }

    [Fact]
    public void What_the_engine_does_not_take_is_refused_at_once()
    {
        using var image = demo.Scene(5);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 5000 });
        Assert.Throws<AdmissionException>(() => demo.Answerer.Start(request, CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_ends_when_it_is_disposed_and_gives_everything_back()
    {
        using var demo = new DemoHost();
        var image = demo.Scene(5);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 900, Temperature = 100 });
        var answer = demo.Answerer.Start(request, CancellationToken.None);
        image.Dispose();
        await answer.Queued;
        answer.Dispose();
        while (demo.Host.Engine.Load("demo") is { Running: > 0 } or { KvPagesUsed: > 0 })
        {
            await Task.Delay(5);
        }
    }

    [Fact]
    public async Task A_cancelled_answer_has_the_text_that_there_was()
    {
        using var image = demo.Scene(5);
        using var source = new CancellationTokenSource();
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 900, Temperature = 100 });
        request = request with { Options = request.Options with { Sampling = request.Options.Sampling with { StopTokenIds = [] } } };
        using var answer = demo.Answerer.Start(request, source.Token);
        var seen = "";
        await foreach (var next in answer.ReadAllAsync())
        {
            seen += ((AnswerText)next).Text;
            if (seen.Length > 20)
            {
                await source.CancelAsync();
            }
        }

        Assert.Equal((seen, FinishReason.Cancelled), (answer.Result.Text, answer.Result.Generation.Reason));
    }
}
