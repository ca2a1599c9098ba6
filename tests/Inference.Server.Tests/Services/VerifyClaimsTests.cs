using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Claims about an image, checked over gRPC, by themselves and behind an answer.</summary>
[Collection(SharedServer.Name)]
public sealed class VerifyClaimsTests(ServerFixture fixture)
{
    private static readonly byte[] Scene = Demo.Scene("images/0003.png");

    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Claims_are_answered_in_their_order_and_those_of_the_text_behind_them()
    {
        var response = await Client.VerifyClaimsAsync(new VerifyClaimsRequest
        {
            Image = Ask.Image(Scene),
            Claims =
            {
                new Claim { Phrase = "a black heart" },
                new Claim { Question = "Is there a green ring in the image?" },
                new Claim { Statement = "It is red." },
            },
            Text = "größe: a small green ring and a red star",
        });
        Assert.Equal(
            ["Is there a black heart in the image?", "Is there a green ring in the image?", "It is red. Is this true of the image? Please answer yes or no.",
             "Is there a green ring in the image?", "Is there a red star in the image?"],
            response.Claims.Select(claim => claim.Question));
        Assert.Equal([true, false, false, true], new[] { 0, 1, 3, 4 }.Select(i => response.Claims[i].Rejected));
        Assert.All(response.Claims, claim => Assert.InRange(claim.YesProbability, 0, 1));
        Assert.Equal(response.Claims[1].YesProbability, response.Claims[3].YesProbability);
        Assert.Equal((uint)response.Claims.Count(claim => claim.Rejected), response.Rejected);
        Assert.False(response.Claims[0].HasOffset);
        Assert.Equal("größe: a small "u8.Length, (int)response.Claims[3].Offset);
        Assert.Equal(4u, response.Usage.CompletionTokens);
    }

    [Fact]
    public async Task A_generation_is_followed_by_a_verdict_for_each_of_its_claims()
    {
        var request = Ask.Generate(image: Scene);
        var plain = await Client.Complete(request);
        request.Parameters.Verification = new Verification { Threshold = 0.9 };
        var events = await Streams.ReadAll(Client.Generate(request));
        var claims = events.Where(next => next.EventCase == GenerateResponse.EventOneofCase.Claim).Select(next => next.Claim).ToArray();
        Assert.Equal(["green ring", "purple striped cross", "black cross"], claims.Select(claim => claim.Text));
        Assert.Equal([true, false, false], claims.Select(claim => claim.Rejected));
        var completed = events[^1].Completed;
        Assert.Equal(plain.Text, completed.Text);
        Assert.Equal(
            (0.9, 32u), (completed.EffectiveParameters.Verification.Threshold, completed.EffectiveParameters.Verification.MaxClaims));
        Assert.Null(plain.EffectiveParameters.Verification);
    }

    [Fact]
    public async Task Only_the_first_claims_are_checked_where_there_is_a_bound()
    {
        var request = Ask.Generate(image: Scene);
        request.Parameters.Verification = new Verification { MaxClaims = 1 };
        var events = await Streams.ReadAll(Client.Generate(request));
        Assert.Single(events, next => next.EventCase == GenerateResponse.EventOneofCase.Claim);
    }

    [Fact]
    public async Task The_model_says_that_it_can()
    {
        var model = (await Client.ListModelsAsync(new ListModelsRequest())).Models[0];
        Assert.Contains(Capability.VerifyClaims, model.Capabilities);
    }

    public static TheoryData<string, VerifyClaimsRequest> Refused => new()
    {
        { "image", new VerifyClaimsRequest { Claims = { new Claim { Phrase = "a" } } } },
        { "claims", new VerifyClaimsRequest { Image = Ask.Image(Scene) } },
        { "claims", new VerifyClaimsRequest { Image = Ask.Image(Scene), Text = "nothing that the rules find" } },
        { "claims[1]", new VerifyClaimsRequest { Image = Ask.Image(Scene), Claims = { new Claim { Phrase = "a" }, new Claim() } } },
        { "claims[0].statement", new VerifyClaimsRequest { Image = Ask.Image(Scene), Claims = { new Claim { Statement = "" } } } },
        { "claims[0].phrase", new VerifyClaimsRequest { Image = Ask.Image(Scene), Claims = { new Claim { Phrase = new string('a', 2049) } } } },
        { "claims", new VerifyClaimsRequest { Image = Ask.Image(Scene), Claims = { Enumerable.Repeat(new Claim { Phrase = "a" }, 65) } } },
        { "text", new VerifyClaimsRequest { Image = Ask.Image(Scene), Text = string.Concat(Enumerable.Repeat("a red ring ", 65)) } },
        { "text", new VerifyClaimsRequest { Image = Ask.Image(Scene), Text = new string('a', (64 << 10) + 1) } },
        { "verification.threshold", Ok(new Verification { Threshold = 1.5 }) },
        { "verification.threshold", Ok(new Verification { Threshold = double.NaN }) },
        { "verification.max_claims", Ok(new Verification { MaxClaims = 3 }) },
        { "claims", new VerifyClaimsRequest { Image = Ask.Image(Scene), Claims = { new Claim { Phrase = string.Concat(Enumerable.Repeat(" a", 1020)) } } } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_checked_is_refused_by_its_field(string field, VerifyClaimsRequest request)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await Client.VerifyClaimsAsync(request));
        Assert.Equal((StatusCode.InvalidArgument, field), (failure.StatusCode, Assert.Single(failure.Fields())));
    }

    [Fact]
    public async Task A_verification_of_an_answer_needs_an_image_and_values_in_range()
    {
        var request = Ask.Generate();
        request.Messages[0].Parts.RemoveAt(0);
        request.Parameters.Verification = new Verification();
        Assert.Equal(["parameters.verification"], (await Streams.Fails(Client.Generate(request))).Fields());
        request = Ask.Generate();
        request.Parameters.Verification = new Verification { Threshold = -1, MaxClaims = 0 };
        Assert.Equal(
            ["parameters.verification.threshold", "parameters.verification.max_claims"],
            (await Streams.Fails(Client.Generate(request))).Fields());
    }

    private static VerifyClaimsRequest Ok(Verification verification) =>
        new() { Image = Ask.Image(Scene), Claims = { new Claim { Phrase = "a" } }, Verification = verification };
}
