using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>CountTokens, ListModels and GetLoad.</summary>
[Collection(SharedServer.Name)]
public sealed class ServerFactsTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Counted_tokens_are_those_of_the_prompt()
    {
        var request = Ask.Generate("Is there a yellow ring in the image?");
        var counted = await Client.CountTokensAsync(new CountTokensRequest { Messages = { request.Messages } });
        Assert.Equal((81u, 64u, 1024u), (counted.PromptTokens, counted.ImageTokens, counted.ContextLength));
        Assert.Equal(counted.PromptTokens, (await Client.Complete(request)).Usage.PromptTokens);
    }

    [Fact]
    public async Task Only_the_header_of_an_image_is_read_for_counting()
    {
        var request = new CountTokensRequest { Messages = { Ask.User("Describe the image.", Ask.Image(Demo.DamagedScene)) } };
        Assert.Equal(76u, (await Client.CountTokensAsync(request)).PromptTokens);
    }

    [Fact]
    public async Task The_model_is_listed_with_what_it_can_do()
    {
        var model = Assert.Single((await Client.ListModelsAsync(new ListModelsRequest())).Models);
        Assert.Equal(("demo", "llava", 1024u, 64u), (model.Name, model.Family, model.ContextLength, model.ImageTokens));
        Assert.Equal(WeightsFormat.Bf16, model.WeightsFormat);
        Assert.Matches("^[0-9a-f]{64}$", model.Fingerprint);
        Assert.Equal(
            [Capability.Generate, Capability.DescribeRegions, Capability.LocatePhrase, Capability.VerifyClaims], model.Capabilities);
    }

    [Fact]
    public async Task Load_shows_what_runs_and_then_nothing()
    {
        using var call = Client.Generate(Ask.Long(seed: await LongRun.Seed(Client)));
        Assert.True(await call.ResponseStream.MoveNext());
        var busy = await Client.GetLoadAsync(new GetLoadRequest { Model = "demo" });
        Assert.True(busy.RunningRequests >= 1);
        Assert.InRange(busy.KvCacheUtilization, double.Epsilon, 1);
        Assert.Equal(busy.KvPagesUsed / (double)busy.KvPagesTotal, busy.KvCacheUtilization);
        call.Dispose();
        Assert.True(await fixture.Server.IsIdleWithin(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_the_known_ones_are_named()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetLoadAsync(new GetLoadRequest { Model = "gpt" }));
        Assert.Equal(
            (StatusCode.NotFound, "MODEL_NOT_FOUND", "demo"), (failure.StatusCode, failure.Reason(), failure.Metadata("known_models")));
        Assert.Equal(StatusCode.NotFound, (await Streams.Fails(Client.Generate(new GenerateRequest { Model = "gpt" }))).StatusCode);
    }
}
