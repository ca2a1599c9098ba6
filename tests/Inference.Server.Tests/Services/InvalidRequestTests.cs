using Glassbox.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Requests that are refused before anything is queued: which code, which field, which limit.</summary>
[Collection(SharedServer.Name)]
public sealed class InvalidRequestTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    public static TheoryData<string, string[]> Conversations => new()
    {
        { """{}""", ["messages"] },
        { """{"messages":[{"role":"ROLE_USER"}]}""", ["messages[0].parts"] },
        { """{"messages":[{"parts":[{"text":"a"}]}]}""", ["messages[0].role"] },
        { """{"messages":[{"role":17,"parts":[{"text":"a"}]}]}""", ["messages[0].role"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{}]}]}""", ["messages[0].parts[0]"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"image":{}},{"text":"a"}]}]}""", ["messages[0].parts[0].image"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"image":{"sha256":"ABC"}}]}]}""", ["messages[0].parts[0].image.sha256"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"image":{"data":"AAAA"}}]}]}""", ["messages[0].parts[0].image"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]},{"role":"ROLE_ASSISTANT","parts":[{"image":{"data":"AAAA"}}]}]}""",
            ["messages[1].parts[0].image", "messages[1].role"] },
        { """{"messages":[{"role":"ROLE_SYSTEM","parts":[{"text":"a"}]},{"role":"ROLE_USER","parts":[{"text":"a"}]}]}""", ["messages[0].role"] },
        { Sampling("\"temperature\":-1"), ["parameters.sampling.temperature"] },
        { Sampling("\"temperature\":\"NaN\""), ["parameters.sampling.temperature"] },
        { Sampling("\"temperature\":101"), ["parameters.sampling.temperature"] },
        { Sampling("\"topP\":0"), ["parameters.sampling.top_p"] },
        { Sampling("\"topP\":1e-60"), ["parameters.sampling.top_p"] },
        { Sampling("\"topP\":1.01"), ["parameters.sampling.top_p"] },
        { Sampling("\"minP\":-0.1"), ["parameters.sampling.min_p"] },
        { Sampling("\"topK\":4294967295"), ["parameters.sampling.top_k"] },
        { Sampling("\"repetitionPenalty\":0"), ["parameters.sampling.repetition_penalty"] },
        { Sampling("\"repetitionPenalty\":\"Infinity\""), ["parameters.sampling.repetition_penalty"] },
        { Stop("\"maxTokens\":0"), ["parameters.stop.max_tokens"] },
        { Stop("\"sequences\":[\"a\",\"\"]"), ["parameters.stop.sequences[1]"] },
        { Stop($"\"sequences\":[\"{new string('é', 129)}\"]"), ["parameters.stop.sequences[0]"] },
        { Stop("\"sequences\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]"), ["parameters.stop.sequences"] },
        { Stop("\"timeLimit\":\"0s\""), ["parameters.stop.time_limit"] },
        { Stop("\"timeLimit\":\"-1s\""), ["parameters.stop.time_limit"] },
        { Pruning(""), ["parameters.pruning.stages"] },
        { Pruning("{\"layer\":0,\"keep\":0.5}"), ["parameters.pruning.stages[0].layer"] },
        { Pruning("{\"layer\":99,\"keep\":0.5}"), ["parameters.pruning.stages[0].layer"] },
        { Pruning("{\"layer\":4294967295,\"keep\":0.5}"), ["parameters.pruning.stages[0].layer"] },
        { Pruning("{\"layer\":2}"), ["parameters.pruning.stages[0].keep"] },
        { Pruning("{\"layer\":2,\"keep\":\"NaN\"}"), ["parameters.pruning.stages[0].keep"] },
        { Pruning("{\"layer\":2,\"keep\":0.5},{\"layer\":1,\"keep\":0.5}"), ["parameters.pruning.stages[1].layer"] },
        { Pruning("{\"layer\":2,\"keep\":0.5}", positions: 9), ["parameters.pruning.positions"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]}],"parameters":{"speculation":{}}}""", ["parameters.speculation.drafter"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]}],"parameters":{"speculation":{"drafter":1,"draftTokens":12}}}""",
            ["parameters.speculation.draft_tokens"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]}],"parameters":{"sampling":{"temperature":1},"speculation":{"drafter":1}}}""",
            ["parameters.speculation"] },
        { Strategy("\"name\":\"oracle\""), ["parameters.strategy.name"] },
        { Strategy(""), ["parameters.strategy.name"] },
        { Strategy("\"name\":\"dola\",\"settings\":{\"layer\":\"1\"}"), ["parameters.strategy.settings"] },
        { Strategy("\"name\":\"dola\",\"settings\":{\"layers\":\"1,99\"}"), ["parameters.strategy.settings[layers]"] },
        { Strategy("\"name\":\"pie\",\"settings\":{\"layers\":\"1,2\",\"prior\":\"1\"}"), ["parameters.strategy.settings[prior]"] },
        { """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]}],"output":{"topLogprobs":21}}""", ["output.top_logprobs"] },
        { """{"parameters":{"sampling":{"topP":2,"minP":2},"stop":{"maxTokens":0}},"output":{"topLogprobs":99}}""",
            ["messages", "output.top_logprobs", "parameters.sampling.min_p", "parameters.sampling.top_p", "parameters.stop.max_tokens"] },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Every_wrong_field_is_named(string json, string[] fields)
    {
        var failure = await Streams.Fails(Client.Generate(GenerateRequest.Parser.ParseJson(json)));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(fields, failure.Fields().Order(StringComparer.Ordinal));
        Assert.Contains("found", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("allowed", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_with_both_numbers()
    {
        var request = new GenerateRequest { Messages = { Ask.User(string.Concat(Enumerable.Repeat("yellow ", 1100))) } };
        var failure = await Streams.Fails(Client.Generate(request));
        Assert.Equal(
            (StatusCode.InvalidArgument, "CONTEXT_TOO_LONG", "1023"), (failure.StatusCode, failure.Reason(), failure.Metadata("limit")));
        Assert.True(int.Parse(failure.Metadata("actual")!, System.Globalization.CultureInfo.InvariantCulture) > 1100);
        Assert.Equal(["messages"], failure.Fields());
    }

    [Fact]
    public async Task An_image_whose_header_is_above_the_caps_is_refused_before_it_is_decoded()
    {
        var failure = await Streams.Fails(Client.Generate(Ask.Generate(image: Bombs.Png(40_000, 40_000))));
        Assert.Equal((StatusCode.InvalidArgument, "IMAGE_TOO_LARGE", "40000", "16384"),
            (failure.StatusCode, failure.Reason(), failure.Metadata("actual"), failure.Metadata("limit")));
        Assert.Equal(["messages[0].parts[0].image"], failure.Fields());
    }

    [Fact]
    public async Task A_message_above_the_cap_is_refused_by_its_length()
    {
        var failure = await Streams.Fails(Client.Generate(Ask.Generate(image: new byte[17 << 20])));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task More_text_messages_or_images_than_allowed_are_refused()
    {
        var text = await Streams.Fails(Client.Generate(new GenerateRequest { Messages = { Ask.User(new string('a', (1 << 20) + 1)) } }));
        Assert.Equal((StatusCode.InvalidArgument, "TEXT_TOO_LONG"), (text.StatusCode, text.Reason()));

        var images = Ask.User("What?", [.. Enumerable.Repeat(Ask.Image(Demo.FirstScene), 17)]);
        var many = await Streams.Fails(Client.Generate(new GenerateRequest { Messages = { images } }));
        Assert.Equal((StatusCode.InvalidArgument, "TOO_MANY_IMAGES", "17"), (many.StatusCode, many.Reason(), many.Metadata("actual")));

        var turns = new GenerateRequest();
        turns.Messages.AddRange(Enumerable.Repeat(Ask.User("a"), 300));
        Assert.Equal("TOO_MANY_MESSAGES", (await Streams.Fails(Client.Generate(turns))).Reason());

        var regions = new DescribeRegionsRequest { Image = Ask.Image(Demo.FirstScene) };
        regions.Regions.AddRange(Enumerable.Range(0, 65).Select(i => Ask.Region($"{i}", 0, 0, 1, 1)));
        Assert.Equal("TOO_MANY_REGIONS", (await Streams.Fails(Client.DescribeRegions(regions))).Reason());
    }

    [Fact]
    public async Task Thousands_of_violations_fit_into_the_trailers_of_any_client()
    {
        var request = new GenerateRequest();
        for (var i = 0; i < 200; i++)
            request.Messages.Add(new Message { Role = Role.Assistant, Parts = { Enumerable.Repeat(new Part(), 20) } });
        var failure = await Streams.Fails(Client.Generate(request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.InRange(failure.Trailers.GetValueBytes("grpc-status-details-bin")!.Length, 1000, 5500);
        Assert.Contains("more", failure.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations[^1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phrase_must_have_1_to_2048_bytes_and_a_known_space()
    {
        var request = new LocatePhraseRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Phrase = new string('é', 1025),
            Space = (CoordinateSpace)9,
        };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client.LocatePhraseAsync(request));
        Assert.Equal(["phrase", "space"], failure.Fields());
        var empty = await Assert.ThrowsAsync<RpcException>(async () => await Client.LocatePhraseAsync(new LocatePhraseRequest()));
        Assert.Equal(["image", "phrase"], empty.Fields());
    }

    private static string Sampling(string field) => Question("\"sampling\":{" + field + "}");

    private static string Pruning(string stages, int positions = 0) =>
        Question($"\"pruning\":{{\"stages\":[{stages}],\"positions\":{positions}}}");

    private static string Stop(string field) => Question("\"stop\":{" + field + "}");

    private static string Strategy(string fields) => Question("\"strategy\":{" + fields + "}");

    private static string Question(string parameters) =>
        """{"messages":[{"role":"ROLE_USER","parts":[{"text":"a"}]}],"parameters":{""" + parameters + "}}";
}
