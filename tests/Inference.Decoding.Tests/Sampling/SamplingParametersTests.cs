using Inference.Decoding.Sampling;
using Inference.Models.Checkpoints;

namespace Inference.Decoding.Tests.Sampling;

public sealed class SamplingParametersTests
{
    [Fact]
    public void Each_source_overrides_the_one_before_scalar_by_scalar()
    {
        SamplingOverrides model = new() { DoSample = true, Temperature = 0.6f, TopP = 0.9f, MaxTokens = 128, StopTokenIds = [2] };
        SamplingOverrides request = new() { TopP = 0.5f, Seed = 9, StopStrings = ["."] };
        SamplingParameters merged = SamplingParameters.Resolve(model, request, seed: 5);
        Assert.Equal(
            (true, 0.6f, 0, 0.5f, 0f, 1f, 9UL, 128),
            (
                merged.DoSample, merged.Temperature, merged.TopK, merged.TopP, merged.MinP, merged.RepetitionPenalty, merged.Seed,
                merged.MaxTokens));
        Assert.Equal([2], merged.StopTokenIds);
        Assert.Equal(["."], merged.StopStrings);
        Assert.Equal(5UL, SamplingParameters.Resolve(model, null, seed: 5).Seed);
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, 0.7f, null, true)]
    [InlineData(true, 0.7f, null, false)]
    [InlineData(true, null, 0f, true)]
    [InlineData(null, null, 0.7f, false)]
    [InlineData(true, null, 1e-6f, true)]
    public void A_requests_temperature_decides_between_greedy_and_drawing(
        bool? modelDraws, float? modelTemperature, float? requestTemperature, bool greedy) =>
        Assert.Equal(greedy, SamplingParameters.Resolve(
            new SamplingOverrides { DoSample = modelDraws, Temperature = modelTemperature },
            new SamplingOverrides { Temperature = requestTemperature }).IsGreedy);

    [Fact]
    public void A_request_can_ask_for_greedy_and_name_a_temperature() =>
        Assert.True(SamplingParameters.Resolve(null, new SamplingOverrides { DoSample = false, Temperature = 0.7f }).IsGreedy);

    [Fact]
    public void The_models_generation_config_sets_defaults_and_stop_tokens()
    {
        GenerationConfig config = new() { DoSample = true, Temperature = 0.6f, TopK = 40, RepetitionPenalty = 1.1f, MaxNewTokens = 128 };
        SamplingParameters merged = SamplingParameters.Resolve(SamplingOverrides.From(config, [2, 7]), null);
        Assert.Equal(
            (false, 0.6f, 40, 1.1f, 128), (merged.IsGreedy, merged.Temperature, merged.TopK, merged.RepetitionPenalty, merged.MaxTokens));
        Assert.Equal([2, 7], merged.StopTokenIds);
        Assert.True(SamplingParameters.Resolve(SamplingOverrides.From(new GenerationConfig { Temperature = 0.6f }, []), null).IsGreedy);
        Assert.Equal(
            256, SamplingParameters.Resolve(SamplingOverrides.From(new GenerationConfig { MaxNewTokens = 0 }, []), null).MaxTokens);
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(SamplingValidator.Validate(new SamplingParameters(), 10));

    [Fact]
    public void Every_problem_is_reported_with_what_was_found_and_what_is_allowed()
    {
        SamplingParameters wrong = new()
        {
            Temperature = float.NaN, TopK = -1, TopP = 0, MinP = 1.5f, RepetitionPenalty = 0, MaxTokens = 0,
            StopStrings = ["ok", "", "\ud83d"], StopTokenIds = [3, 10], TopLogprobs = 21,
        };
        IReadOnlyList<SamplingProblem> problems = SamplingValidator.Validate(wrong, 10);
        Assert.Equal(
            [
                "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "max_tokens", "stop[1]", "stop[2]", "stop_token_ids[1]",
                "top_logprobs",
            ],
            problems.Select(p => p.Field));
        Assert.Contains(new SamplingProblem("min_p", "1.5", "0 (off) to 1"), problems);
        Assert.Contains(new SamplingProblem("stop_token_ids[1]", "10", "0 to 9"), problems);
    }

    [Fact]
    public void Too_many_or_too_long_stop_strings_are_refused()
    {
        SamplingParameters many = new() { StopStrings = [.. Enumerable.Range(0, 17).Select(i => $"s{i}")] };
        Assert.Equal("stop", Assert.Single(SamplingValidator.Validate(many, 10)).Field);
        SamplingParameters longOne = new() { StopStrings = [new string('x', 257)] };
        Assert.Equal("stop[0]", Assert.Single(SamplingValidator.Validate(longOne, 10)).Field);
    }
}
