using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

public sealed class GenerationConfigTests
{
    [Fact]
    public void All_defaults_of_a_request_are_read()
    {
        var config = Configs.Generation("""
            {"bos_token_id":1,"eos_token_id":[2,7],"pad_token_id":0,"do_sample":true,"temperature":0.6,"top_k":20,"top_p":0.9,"min_p":0.05,
             "repetition_penalty":1.1,"max_new_tokens":512,"transformers_version":"4.42.0","_from_model_config":true,"speculative":3}
            """);

        Assert.Equal([2, 7], config.EosTokenIds);
        Assert.Equal((1, 0, true), (config.BosTokenId, config.PadTokenId, config.DoSample));
        Assert.Equal(
            (0.6f, 20, 0.9f, 0.05f, 1.1f, 512),
            (config.Temperature, config.TopK, config.TopP, config.MinP, config.RepetitionPenalty, config.MaxNewTokens));
        Assert.Equal(["speculative"], config.UnknownKeys);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"eos_token_id":null,"temperature":null,"top_k":null,"top_p":null,"do_sample":null,"num_beams":1,"bad_words_ids":null,"length_penalty":1.0}""")]
    public void What_a_file_does_not_state_is_null(string json)
    {
        var config = Configs.Generation(json);

        Assert.Empty(config.EosTokenIds);
        Assert.False(config.DoSample);
        Assert.Null(config.Temperature);
        Assert.Null(config.TopK);
        Assert.Null(config.TopP);
        Assert.Empty(config.UnknownKeys);
    }

    [Theory]
    [InlineData("""{"num_beams":4}""", "num_beams", "4 found; this is not implemented; remove the key or set it to 1")]
    [InlineData("""{"no_repeat_ngram_size":3}""", "no_repeat_ngram_size", "3 found")]
    [InlineData("""{"penalty_alpha":0.6}""", "penalty_alpha", "0.6 found")]
    [InlineData("""{"bad_words_ids":[[5]]}""", "bad_words_ids", "[[5]] found")]
    [InlineData("""{"suppress_tokens":[5]}""", "suppress_tokens", "[5] found")]
    [InlineData("""{"typical_p":0.9}""", "typical_p", "0.9 found")]
    [InlineData("""{"min_new_tokens":5}""", "min_new_tokens", "5 found")]
    [InlineData("""{"dola_layers":"low"}""", "dola_layers", "remove the key")]
    [InlineData("""{"temperature":-1}""", "temperature", "-1 found; numbers from 0")]
    [InlineData("""{"top_p":1.5}""", "top_p", "1.5 found; numbers from 0 to 1")]
    [InlineData("""{"top_k":2.5}""", "top_k", "2.5 found")]
    [InlineData("""{"eos_token_id":"</s>"}""", "eos_token_id", "</s>")]
    public void Settings_that_are_not_implemented_or_out_of_range_are_refused(string json, string key, string reason)
    {
        var error = Assert.Throws<CheckpointException>(() => Configs.Generation(json));

        Assert.Equal(("generation_config.json", key), (error.File, error.Subject));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
