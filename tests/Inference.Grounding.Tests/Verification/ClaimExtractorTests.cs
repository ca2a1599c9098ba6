using Inference.Grounding.Verification;
using Inference.Models.Prompts.Profiles;

namespace Inference.Grounding.Tests.Verification;

[Collection(SharedDemo.Name)]
public sealed class ClaimExtractorTests(DemoHost demo)
{
    [Fact]
    public void The_bundled_models_rule_asks_as_the_model_was_trained_to_be_asked()
    {
        const string text = "there are a small green ring, a large purple striped cross and a small orange cross";
        var claims = ClaimExtractor.Extract(demo.Model.Profile, text);
        Assert.Equal(
            ["Is there a green ring in the image?", "Is there a purple cross in the image?", "Is there an orange cross in the image?"],
            claims.Select(claim => claim.Question));
        Assert.All(claims, claim => Assert.Equal(claim.Text, text.Substring(claim.Start!.Value, claim.Text.Length)));
    }

    [Fact]
    public void Without_rules_every_sentence_is_a_claim()
    {
        var claims = ClaimExtractor.Extract(ModelProfiles.Llava, "A cat sits there.  It is 2.5 years old!\n\n");
        Assert.Equal(["A cat sits there.", "It is 2.5 years old!"], claims.Select(claim => claim.Text));
        Assert.Equal([0, 19], claims.Select(claim => claim.Start!.Value));
        Assert.Equal("A cat sits there. Is this true of the image? Please answer yes or no.", claims[0].Question);
    }

    [Fact]
    public void Where_rules_overlap_the_match_that_begins_first_counts()
    {
        var profile = ModelProfiles.Llava with { Claims = [new ClaimRule("cat", "a $0"), new ClaimRule("black cat|cat", "the $0")] };
        Assert.Equal(["Is there the black cat in the image?", "Is there a cat in the image?"],
            ClaimExtractor.Extract(profile, "black cat, cat").Select(claim => claim.Question));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    public void A_text_that_claims_nothing_has_no_claims(string text) => Assert.Empty(ClaimExtractor.Extract(demo.Model.Profile, text));
}
