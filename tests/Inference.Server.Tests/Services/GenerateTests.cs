using Glassbox.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

[Collection(SharedServer.Name)]
public sealed class GenerateTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Answers_are_those_of_the_reference()
    {
        Assert.True(Demo.Cases.Count > 50);
        var answers = await Task.WhenAll(Demo.Cases.Select(async item =>
            (item.Question, item.Answer, Text: (await Client.Complete(Ask.Generate(item.Question, image: Demo.Scene(item.Image)))).Text)));
        Assert.All(answers, answer => Assert.Equal((answer.Question, answer.Answer), (answer.Question, answer.Text)));
    }

    [Fact]
    public async Task A_stream_is_started_then_tokens_then_completed()
    {
        var events = await Streams.ReadAll(Client.Generate(Ask.Generate()));
        var started = events[0].Started;
        Assert.Equal(("demo", 76u), (started.Model, started.PromptTokens));
        var image = Assert.Single(started.Images);
        Assert.Equal((224u, 224u, 64u, 64), (image.Width, image.Height, image.ImageTokens, image.Sha256.Length));

        var completed = events[^1].Completed;
        Assert.Equal(Glassbox.V1.FinishReason.StopToken, completed.FinishReason);
        Assert.Equal(
            "there are a large yellow cross, a small orange triangle, a large green ring and a small yellow diamond", completed.Text);
        Assert.Equal(completed.Text, string.Concat(events[1..^1].Select(next => next.Token.Text)));
        Assert.Equal((76u, 64u, 22u), (completed.Usage.PromptTokens, completed.Usage.ImageTokens, completed.Usage.CompletionTokens));
        Assert.Equal(22u, events[^2].Token.CompletionTokens);
        Assert.All(events[1..^1], next => Assert.Empty(next.Token.Tokens));
        Assert.NotNull(completed.Timings.Prefill);
        Assert.NotNull(completed.Timings.Decode);
    }
}
