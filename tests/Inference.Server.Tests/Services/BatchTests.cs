using Glassbox.V1;
using Google.Protobuf;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Requests beside each other: the same bits as alone, and no harm from a bad one.</summary>
[Collection(SharedServer.Name)]
public sealed class BatchTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Sixteen_requests_together_give_the_text_and_the_logprob_bits_of_each_alone()
    {
        var requests = Mixed().ToArray();
        List<string> alone = [];
        foreach (var request in requests)
            alone.Add(await Trace(request));
        var together = await Task.WhenAll(requests.Select(Trace));
        Assert.Equal(16, requests.Length);
        Assert.Equal(alone, together);
    }

    [Fact]
    public async Task A_bad_image_beside_good_requests_disturbs_nobody()
    {
        var good = Ask.Generate();
        var expected = await Trace(good);
        var bad = Ask.Generate(image: Demo.DamagedScene);
        var others = Enumerable.Range(0, 15).Select(_ => Trace(good)).ToArray();
        var failure = await Streams.Fails(Client.Generate(bad));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(["messages[0].parts[0].image"], failure.Fields());
        Assert.All(await Task.WhenAll(others), trace => Assert.Equal(expected, trace));
    }

    private static IEnumerable<GenerateRequest> Mixed()
    {
        for (var i = 0; i < 16; i++)
        {
            var item = Demo.Cases[i * 3];
            var request = i % 4 == 3 ? Ask.Long(maxTokens: 40, seed: (ulong)i) : Ask.Generate(item.Question, image: Demo.Scene(item.Image));
            if (i % 4 == 1)
                request.Parameters.Sampling = new SamplingParameters { Temperature = 0.8, TopP = 0.95, Seed = (ulong)i };
            request.Output = new OutputOptions { TopLogprobs = 2 };
            yield return request;
        }
    }

    // Everything but the times, logprobs as their bits.
    private async Task<string> Trace(GenerateRequest request)
    {
        var events = await Streams.ReadAll(Client.Generate(request));
        var tokens = events.Where(next => next.Token is not null).SelectMany(next => next.Token.Tokens);
        var lines = tokens.Select(token =>
            $"{token.Id} {Bits(token.Logprob)} {string.Join(' ', token.Top.Select(top => $"{top.Id}:{Bits(top.Logprob)}"))}");
        return events[^1].Completed.Text + "\n" + string.Join('\n', lines);
    }

    private static string Bits(double value) => $"{BitConverter.DoubleToInt64Bits(value):x}";
}
