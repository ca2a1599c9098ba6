using Glassbox.V1;
using Google.Protobuf;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Fuzz;

/// <summary>
/// Random and damaged requests to every method: clean statuses, a server that lives, memory within bounds. The seed is in the message of a
/// failure.
/// </summary>
public sealed class RequestFuzzTests
{
    private const int Rounds = 400;
    private const string Path = "/glassbox.v1.VisionLanguageService/";

    // What a request may end with; INTERNAL is a message that is no protobuf, nothing of the service's.
    private static readonly HashSet<StatusCode> Clean =
    [
        StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.FailedPrecondition, StatusCode.ResourceExhausted,
        StatusCode.DeadlineExceeded,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Damaged_requests_get_clean_statuses_and_hurt_nobody(int seed)
    {
        await using var server = await TestServer.StartAsync();
        var expected = (await server.Client.Complete(Ask.Generate())).Text;
        var random = new Random(seed);
        var corpus = Corpus();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < Rounds; round++)
        {
            var (method, message) = corpus[random.Next(corpus.Count)];
            var payload = Mutate(message, random);
            using var response = await RawCall.SendAsync(server, Path + method, RawCall.Frame(payload), "300m");
            var failure = RawCall.Read(response);
            var known = Clean.Contains(failure.StatusCode) || IsUnreadable(failure);
            Assert.True(known, $"seed {seed}, round {round}, {method}: {failure.Status} for {Convert.ToBase64String(payload)}");
        }

        Assert.True(await server.IsIdleWithin(TimeSpan.FromSeconds(5)), $"seed {seed}: something still runs");
        Assert.Equal(expected, (await server.Client.Complete(Ask.Generate())).Text);
        Assert.Null(server.Models.Engine.Fault);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(grown, long.MinValue, 64L << 20);
    }

    private static bool IsUnreadable(RpcException failure) =>
        failure.StatusCode == StatusCode.Internal && failure.Status.Detail.Contains("could not be parsed", StringComparison.Ordinal);

    private static List<(string Method, byte[] Message)> Corpus()
    {
        var sampled = Ask.Long(maxTokens: 8);
        sampled.Parameters.Sampling.MergeFrom(new SamplingParameters { TopK = 5, TopP = 0.9, MinP = 0.1, RepetitionPenalty = 1.2 });
        sampled.Parameters.Stop.Sequences.Add("x");
        sampled.Output = new OutputOptions { TopLogprobs = 5 };
        var regions = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene) };
        regions.Regions.Add([Ask.Region("a", 0, 0, 1, 1), Ask.Region("b", 0.2, 0.2, 0.5, 0.5)]);
        return
        [
            ("Generate", Ask.Generate(maxTokens: 8).ToByteArray()),
            ("Generate", sampled.ToByteArray()),
            ("DescribeRegions", regions.ToByteArray()),
            ("LocatePhrase", new LocatePhraseRequest { Image = Ask.Image(Demo.FirstScene), Phrase = "the cross" }.ToByteArray()),
            ("CountTokens", new CountTokensRequest { Messages = { Ask.Generate().Messages } }.ToByteArray()),
            ("UploadImage", new UploadImageRequest { Chunk = ByteString.CopyFrom(Demo.FirstScene) }.ToByteArray()),
            ("ListModels", []),
            ("GetLoad", new GetLoadRequest { Model = "demo" }.ToByteArray()),
        ];
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        var bytes = message.ToList();
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            // Most of a message is image; the fields around it are where the structure lies.
            var at = random.Next(bytes.Count == 0 ? 1 : random.Next(2) == 0 ? bytes.Count : Math.Min(bytes.Count, 80));
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(Math.Min(at, bytes.Count), RandomBytes(random, 20));
                    break;
                default:
                    bytes.AddRange(RandomBytes(random, 40));
                    break;
            }
        }
        return [.. bytes];
    }

    private static byte[] RandomBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(1, most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
