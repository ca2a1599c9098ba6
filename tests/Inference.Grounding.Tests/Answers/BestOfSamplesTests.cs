using Inference.Decoding.Sampling;
using Inference.Grounding.Answers;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Tests.Answers;

[Collection(SharedDemo.Name)]
public sealed class BestOfSamplesTests(DemoHost demo)
{
    [Theory]
    [InlineData(0.8, 1, 3, 10, 0, 10, 2, 11)]
    [InlineData(0.8, 2, 3, 10, 0, 2, 2, 11)]
    [InlineData(0.0, 1, 3, 10, 0, 2, 2, 11)]
    [InlineData(0.8, 0, 2, 10, 2, 10, 2, 10)]
    public void The_fewest_rejected_claims_of_those_that_are_long_enough_win(
        double minLength, int expected, int rejected0, int length0, int rejected1, int length1, int rejected2, int length2) =>
        Assert.Equal(expected, SampleChoice.Best([(rejected0, length0), (rejected1, length1), (rejected2, length2)], minLength));

    [Fact]
    public void Samples_whose_claims_are_not_known_count_only_where_none_are()
    {
        Assert.Equal(1, SampleChoice.Best([(null, 10), (5, 10)], 0.8));
        Assert.Equal(0, SampleChoice.Best([(null, 10), (null, 20)], 0.8));
    }

    [Fact]
    public async Task The_answer_is_the_sample_whose_claims_the_model_rejects_least()
    {
        using var image = demo.Scene(3);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 64, Temperature = 1.5f, Seed = 7 });
        var options = new VerificationOptions { MinLength = 0 };
        List<(string Text, int Rejected)> samples = [];
        for (var i = 0; i < 4; i++)
        {
            var sampling = request.Options.Sampling with { Seed = i == 0 ? 7 : DerivedSeeds.Of(7, i) };
            var sample = await demo.Answerer.AnswerAsync(
                request with { Options = request.Options with { Sampling = sampling, Verification = options } }, CancellationToken.None);
            samples.Add((sample.Text, sample.Claims!.Rejected));
        }

        var (answer, events) = await AnswerAsync(request, request.Options with { BestOf = 4, Verification = options });
        Assert.Equal(samples.MinBy(sample => sample.Rejected).Text, answer.Text);
        Assert.Equal(samples.Min(sample => sample.Rejected), answer.Claims!.Rejected);
        Assert.Equal(answer.Text, string.Concat(events.OfType<AnswerText>().Select(text => text.Text)));
        Assert.Equal(answer.Claims.Verdicts.Count, events.OfType<AnswerClaim>().Count());
        Assert.True(answer.Generation.Usage.SampledTokens > answer.Generation.Usage.CompletionTokens);
    }

    [Fact]
    public async Task Sampling_several_does_not_depend_on_what_else_runs()
    {
        using var image = demo.Scene(5);
        var request = demo.Ask(image, sampling: new SamplingOverrides { MaxTokens = 48, Temperature = 1, Seed = 3 });
        request = request with { Options = request.Options with { BestOf = 3 } };
        var alone = await demo.Answerer.AnswerAsync(request, CancellationToken.None);
        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => demo.Answerer.AnswerAsync(request, CancellationToken.None)));
        Assert.All(together, answer => Assert.Equal(alone.Tokens.Select(token => token.Id), answer.Tokens.Select(token => token.Id)));
        Assert.All(together, answer => Assert.Equal(alone.Generation.Usage.SampledTokens, answer.Generation.Usage.SampledTokens));
    }

    private async Task<(AnswerResult, List<AnswerEvent>)> AnswerAsync(AnswerRequest request, AnswerOptions options)
    {
        using var stream = demo.Answerer.Start(request with { Options = options }, CancellationToken.None);
        List<AnswerEvent> events = [];
        await foreach (var next in stream.ReadAllAsync())
        {
            events.Add(next);
        }

        return (stream.Result, events);
    }
}
