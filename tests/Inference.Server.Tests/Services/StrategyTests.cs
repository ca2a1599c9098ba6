using Glassbox.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>Decoding strategies as an option of a request.</summary>
[Collection(SharedServer.Name)]
public sealed class StrategyTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Every_listed_strategy_answers_with_its_defaults_and_echoes_every_setting()
    {
        var listed = (await Client.ListModelsAsync(new ListModelsRequest())).Strategies;
        Assert.Equal(
            ["apc", "deco", "dola", "layer-mix", "m3id", "pie", "unleash", "vcd"],
            listed.Select(strategy => strategy.Name).Order(StringComparer.Ordinal));
        foreach (var strategy in listed)
        {
            Assert.All([strategy.Summary, strategy.Paper, .. strategy.Settings.SelectMany(setting => new[] { setting.Type, setting.DefaultValue, setting.Allowed, setting.Summary })],
                Assert.NotEmpty);
            var request = Ask.Generate(maxTokens: 6);
            request.Parameters.Strategy = new Strategy { Name = strategy.Name };
            var completed = await Client.Complete(request);
            var effective = completed.EffectiveParameters.Strategy;
            Assert.Equal(strategy.Name, effective.Name);
            Assert.Equal(
                strategy.Settings.Select(setting => setting.Name).Order(StringComparer.Ordinal),
                effective.Settings.Keys.Order(StringComparer.Ordinal));

            // What is echoed can be sent, and gives the same again.
            request.Parameters.Strategy = effective;
            var again = await Client.Complete(request);
            Assert.Equal((completed.Text, effective), (again.Text, again.EffectiveParameters.Strategy));
        }
    }

    [Fact]
    public async Task Under_greedy_the_cut_off_alone_changes_nothing_and_a_contrast_does()
    {
        var request = Ask.Generate();
        var plain = await Client.Complete(request);
        Assert.Null(plain.EffectiveParameters.Strategy);
        request.Parameters.Strategy = new Strategy { Name = "apc" };
        Assert.Equal(plain.Text, (await Client.Complete(request)).Text);
        request.Parameters.Strategy = new Strategy { Name = "layer-mix", Settings = { { "alpha", "1" }, { "layers", "0" } } };
        Assert.NotEqual(plain.Text, (await Client.Complete(request)).Text);
    }

    [Fact]
    public async Task A_companion_sees_noise_of_its_own_over_any_image_prepared_once()
    {
        var request = Ask.Generate();
        var plain = await Client.Complete(request);
        request.Parameters.Strategy = Vcd(alpha: "0", steps: "999");
        Assert.Equal(plain.Text, (await Client.Complete(request)).Text);

        // Nearly the whole image is noise: what remains of the contrast is the image itself, magnified.
        request.Parameters.Strategy = Vcd(alpha: "100", steps: "999");
        var contrasted = await Client.Complete(request);
        Assert.NotEqual(plain.Text, contrasted.Text);
        var prepared = fixture.Server.Models.Images.Misses;
        Assert.Equal(contrasted.Text, (await Client.Complete(request)).Text);
        Assert.Equal(prepared, fixture.Server.Models.Images.Misses);

        request.Parameters.Strategy = Vcd(alpha: "100", steps: "998");
        await Client.Complete(request);
        Assert.Equal(prepared + 1, fixture.Server.Models.Images.Misses);

        static Strategy Vcd(string alpha, string steps) =>
            new() { Name = "vcd", Settings = { { "alpha", alpha }, { "noise-steps", steps }, { "relative-top", "0" } } };
    }

    [Fact]
    public async Task Log_probabilities_stay_those_of_the_final_logits()
    {
        var request = Ask.Generate(maxTokens: 1);
        request.Output = new OutputOptions { TopLogprobs = 3 };
        var plain = (await Streams.ReadAll(Client.Generate(request)))[1].Token.Tokens[0];
        request.Parameters.Strategy = new Strategy { Name = "layer-mix", Settings = { { "alpha", "1" }, { "layers", "0" } } };
        var token = (await Streams.ReadAll(Client.Generate(request)))[1].Token.Tokens[0];
        Assert.NotEqual(plain.Id, token.Id);
        Assert.Equal(plain.Top, token.Top);
        Assert.True(token.Logprob < token.Top[0].Logprob);
    }

    [Fact]
    public async Task Regions_and_phrases_take_strategies_too()
    {
        var strategy = new Strategy { Name = "deco" };
        var parameters = new GenerationParameters { Strategy = strategy, Stop = new StopConditions { MaxTokens = 8 } };
        var located = await Client.LocatePhraseAsync(new LocatePhraseRequest
        {
            Image = Ask.Image(Demo.FirstScene),
            Phrase = "the large yellow cross",
            Parameters = parameters,
        });
        Assert.Equal("deco", located.EffectiveParameters.Strategy.Name);
        var described = await Streams.ReadAll(Client.DescribeRegions(new DescribeRegionsRequest
        {
            Image = Ask.Image(Demo.FirstScene), Regions = { Ask.Region("a", 0.1, 0.1, 0.6, 0.6) }, Parameters = parameters,
        }));
        Assert.Equal("deco", described[^1].Completed.EffectiveParameters.Strategy.Name);
    }
}
