using Glassbox.V1;
using Inference.Server.Tests.Support;

namespace Inference.Server.Tests.Services;

/// <summary>What a Generate stream carries besides text, and what ends it.</summary>
[Collection(SharedServer.Name)]
public sealed class GenerateOutputTests(ServerFixture fixture)
{
    private VisionLanguageService.VisionLanguageServiceClient Client => fixture.Server.Client;

    [Fact]
    public async Task Tokens_carry_ids_texts_and_logprobs_only_as_asked()
    {
        var request = Ask.Generate();
        request.Output = new OutputOptions { TopLogprobs = 3 };
        var tokens = (await Streams.ReadAll(Client.Generate(request)))[1..^1].SelectMany(next => next.Token.Tokens).ToArray();
        Assert.Equal([344u, 366u, 318u], tokens[..3].Select(token => token.Id));
        Assert.Equal(Enumerable.Range(0, 22), tokens.Select(token => (int)token.Index));
        Assert.All(tokens, token =>
        {
            Assert.True(token.HasLogprob && token.Logprob <= 0);
            Assert.Equal(3, token.Top.Count);
            // Greedy: the chosen token is the best one.
            Assert.Equal((token.Id, token.Text, token.Logprob), (token.Top[0].Id, token.Top[0].Text, token.Top[0].Logprob));
            Assert.True(token.Top[0].Logprob >= token.Top[1].Logprob && token.Top[1].Logprob >= token.Top[2].Logprob);
        });

        request.Output = new OutputOptions { Tokens = true };
        var plain = (await Streams.ReadAll(Client.Generate(request)))[1..^1].SelectMany(next => next.Token.Tokens).ToArray();
        Assert.Equal(tokens.Select(token => (token.Id, token.Text)), plain.Select(token => (token.Id, token.Text)));
        Assert.All(plain, token => Assert.False(token.HasLogprob || token.Top.Count > 0));
    }

    [Fact]
    public async Task A_stop_sequence_is_held_back_and_left_out()
    {
        var request = Ask.Generate();
        request.Parameters.Stop.Sequences.Add([", a small orange", "never there"]);
        var events = await Streams.ReadAll(Client.Generate(request));
        var completed = events[^1].Completed;
        Assert.Equal("there are a large yellow cross", completed.Text);
        Assert.Equal((FinishReason.StopSequence, ", a small orange"), (completed.FinishReason, completed.MatchedStopSequence));
        Assert.Equal(completed.Text, string.Concat(events[1..^1].Select(next => next.Token.Text)));
    }

    [Fact]
    public async Task Text_that_only_began_a_stop_sequence_comes_out_in_the_end()
    {
        var request = Ask.Generate(maxTokens: 6);
        var free = (await Client.Complete(request)).Text;
        request.Parameters.Stop.Sequences.Add(free[^3..] + "\u0001");
        var events = await Streams.ReadAll(Client.Generate(request));
        Assert.Equal((free, FinishReason.MaxTokens), (events[^1].Completed.Text, events[^1].Completed.FinishReason));
        Assert.Equal(free, string.Concat(events[1..^1].Select(next => next.Token.Text)));
    }

    [Fact]
    public async Task Effective_parameters_have_every_field_and_repeat_what_was_sent()
    {
        var request = Ask.Generate(maxTokens: 5);
        request.Parameters.Sampling = new SamplingParameters
        {
            Temperature = 0.7,
            TopP = 0.9,
            TopK = 40,
            MinP = 0.05,
            RepetitionPenalty = 1.1,
            Seed = 77,
        };
        request.Parameters.Stop.Sequences.Add("zzz");
        request.Parameters.Stop.TimeLimit = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 20 };
        var effective = (await Client.Complete(request)).EffectiveParameters;
        Assert.Equal(request.Parameters, effective);

        var silent = (await Client.Complete(new GenerateRequest { Messages = { Ask.User("Describe the image.") } })).EffectiveParameters;
        var sampling = silent.Sampling;
        Assert.Equal(
            (0.0, 0u, 1.0, 0.0, 1.0), (sampling.Temperature, sampling.TopK, sampling.TopP, sampling.MinP, sampling.RepetitionPenalty));
        // max_new_tokens of the model's generation_config.json.
        Assert.Equal(128u, silent.Stop.MaxTokens);
        Assert.True(sampling.HasSeed && sampling.Seed < 1UL << 53);
    }

    [Fact]
    public async Task A_seed_repeats_its_text_and_the_echoed_seed_repeats_a_text_without_one()
    {
        var request = Ask.Long(maxTokens: 30, seed: 5);
        var first = await Client.Complete(request);
        Assert.Equal(first.Text, (await Client.Complete(request)).Text);
        Assert.NotEqual(first.Text, (await Client.Complete(Ask.Long(maxTokens: 30, seed: 6))).Text);

        request.Parameters.Sampling.ClearSeed();
        var drawn = await Client.Complete(request);
        request.Parameters.Sampling.Seed = drawn.EffectiveParameters.Sampling.Seed;
        Assert.Equal(drawn.Text, (await Client.Complete(request)).Text);
    }

    [Fact]
    public async Task Max_tokens_are_cut_to_what_the_context_holds_and_a_full_context_is_said()
    {
        var request = Ask.Long(maxTokens: 5000, seed: await LongRun.Seed(Client));
        var completed = await Client.Complete(request);
        Assert.Equal(1024 - completed.Usage.PromptTokens, completed.EffectiveParameters.Stop.MaxTokens);
        Assert.Equal(FinishReason.ContextFull, completed.FinishReason);
        Assert.Equal(1024u, completed.Usage.PromptTokens + completed.Usage.CompletionTokens);
    }

    [Fact]
    public async Task The_time_limit_returns_what_there_is()
    {
        var request = Ask.Long(seed: await LongRun.Seed(Client));
        request.Parameters.Stop.TimeLimit = new Google.Protobuf.WellKnownTypes.Duration { Nanos = 60_000_000 };
        var events = await Streams.ReadAll(Client.Generate(request));
        var completed = events[^1].Completed;
        Assert.Equal(FinishReason.TimeLimit, completed.FinishReason);
        Assert.InRange(completed.Usage.CompletionTokens, 0u, 899u);
        Assert.Equal(completed.Text, string.Concat(events[1..^1].Select(next => next.Token.Text)));
    }
}
