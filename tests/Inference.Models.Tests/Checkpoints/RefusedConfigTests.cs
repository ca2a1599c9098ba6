using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>What changes numbers and is not implemented is refused with key, value found and what is supported.</summary>
public sealed class RefusedConfigTests
{
    public static TheoryData<string, string, string> Refused { get; } = new()
    {
        // config.json, key, part of the reason
        { """{}""", "model_type", "missing" },
        { """{"model_type":"qwen2_vl"}""", "model_type", "'qwen2_vl' found; llava, llava_next, llama, mistral and qwen2" },
        { """{"model_type":5}""", "model_type", "5 found; a string is needed" },
        { """{"model_type":"llava","text_config":{"model_type":"gemma2"}}""", "text_config.model_type", "'gemma2' found; llama, mistral "
            + "and qwen2" },
        { """{"model_type":"llava","text_config":[]}""", "text_config", "[] found; an object is needed" },
        { """{"model_type":"llava","vision_config":{"model_type":"pixtral"}}""", "vision_config.model_type", "'pixtral' found" },
        // Windows.
        { """{"model_type":"mistral"}""", "sliding_window", "4096 found (the default of Mistral, as the key is missing) is shorter than "
            + "max_position_embeddings, which is 131072" },
        { """{"model_type":"mistral","max_position_embeddings":8192,"sliding_window":4096}""", "sliding_window", "4096 is shorter than "
            + "max_position_embeddings, which is 8192" },
        { """{"model_type":"mistral","layer_types":[],"sliding_window":null}""", "layer_types", "a list of 32 names" },
        { """{"model_type":"llama","max_position_embeddings":8192,"sliding_window":128}""", "sliding_window", "128 is shorter" },
        { """{"model_type":"llama","num_hidden_layers":1,"layer_types":["sliding_attention"]}""", "layer_types", "sliding_attention found "
            + "in layer 0" },
        { """{"model_type":"llama","num_hidden_layers":1,"layer_types":["chunked_attention"]}""", "layer_types", "chunked_attention" },
        { """{"model_type":"qwen2","use_sliding_window":true}""", "sliding_window", "4096 found (the default of Qwen2" },
        { """{"model_type":"qwen2","use_sliding_window":true,"layer_types":null}""", "sliding_window", "4096 found (the default of Qwen2" },
        { """{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":31}""", "sliding_window", "shorter than "
            + "max_position_embeddings, which is 32768" },
        { """{"model_type":"qwen2","num_hidden_layers":2,"layer_types":["full_attention","sliding_attention"]}""", "layer_types", "sliding_attention found in layer 1" },
        // Rotary embedding.
        { """{"model_type":"llama","rope_scaling":{"type":"yarn","factor":4}}""", "rope_scaling.type", "'yarn' found; default, linear and "
            + "llama3" },
        { """{"model_type":"llama","rope_scaling":{"rope_type":"dynamic","factor":4}}""", "rope_scaling.rope_type", "'dynamic' found" },
        { """{"model_type":"llama","rope_parameters":{"rope_type":"longrope"}}""", "rope_parameters.rope_type", "'longrope' found" },
        { """{"model_type":"llama","rope_parameters":{"full_attention":{"rope_type":"default"}}}""", "rope_parameters.full_attention", "not implemented" },
        { """{"model_type":"qwen2","rope_scaling":{"type":"default","mrope_section":[16,24,24]}}""", "rope_scaling.mrope_section", "not implemented" },
        { """{"model_type":"llama","rope_scaling":{"rope_type":"linear"}}""", "rope_scaling.factor", "missing" },
        { """{"model_type":"llama","rope_scaling":{"factor":4}}""", "rope_scaling.factor", "rope_type is default" },
        { """{"model_type":"llama","rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4}}""", "rope_scaling.high_freq_factor", "must exceed" },
        { """{"model_type":"llama","rope_parameters":{"partial_rotary_factor":0.5}}""", "rope_parameters.partial_rotary_factor", "only 1 is supported" },
        { """{"model_type":"llama","partial_rotary_factor":0.5}""", "partial_rotary_factor", "0.5 found" },
        { """{"model_type":"llama","rope_theta":0}""", "rope_theta", "0 found" },
        { """{"model_type":"llama","rope_theta":1e400}""", "rope_theta", "1e400 found" },
        // Activations, biases, scales.
        { """{"model_type":"llama","hidden_act":"gelu"}""", "hidden_act", "activation 'gelu' found; silu is supported" },
        { """{"model_type":"llama","hidden_act":null}""", "hidden_act", "null found" },
        { """{"model_type":"llava","vision_config":{"hidden_act":"relu"}}""", "vision_config.hidden_act", "activation 'relu' found; "
            + "quick_gelu, gelu, gelu_pytorch_tanh are supported" },
        { """{"model_type":"llava","projector_hidden_act":"silu"}""", "projector_hidden_act", "activation 'silu' found" },
        { """{"model_type":"mistral","sliding_window":null,"attention_bias":true}""", "attention_bias", "true found; Mistral has no such "
            + "biases" },
        { """{"model_type":"qwen2","mlp_bias":true}""", "mlp_bias", "true found" },
        { """{"model_type":"llama","final_logit_softcapping":30.0}""", "final_logit_softcapping", "30.0 found; this is not implemented" },
        { """{"model_type":"llama","logits_scaling":8}""", "logits_scaling", "only 1, 1.0 or its absence" },
        { """{"model_type":"llama","num_local_experts":8}""", "num_local_experts", "8 found" },
        { """{"model_type":"llama","pruned_heads":{"1":[0]}}""", "pruned_heads", "not implemented" },
        { """{"model_type":"llava","quantization_config":{"quant_method":"awq"}}""", "quantization_config", "awq" },
        { """{"model_type":"llava","text_config":{"quantization_config":{"bits":4}}}""", "text_config.quantization_config", "bits" },
        { """{"model_type":"llava","auto_map":{"AutoModel":"m.M"}}""", "auto_map", "not implemented" },
        { """{"model_type":"llava","mm_projector_type":"mlp2x_gelu"}""", "mm_projector_type", "not implemented" },
        // Vision.
        { """{"model_type":"llava","vision_config":{"num_channels":4}}""", "vision_config.num_channels", "4 found; only 3" },
        { """{"model_type":"llava","vision_config":{"image_size":[224,448]}}""", "vision_config.image_size", "[224, 448] found; one "
            + "number, or two equal ones" },
        { """{"model_type":"llava","vision_config":{"image_size":16}}""", "vision_config.patch_size", "32 found; it must not exceed "
            + "image_size" },
        { """{"model_type":"llava","vision_config":{"hidden_size":100}}""", "vision_config.hidden_size", "multiple of num_attention_heads" },
        { """{"model_type":"llava","vision_feature_select_strategy":"cls_patch"}""", "vision_feature_select_strategy", "'cls_patch' "
            + "found; default and full" },
        { """{"model_type":"llava","vision_feature_layer":25}""", "vision_feature_layer", "whole numbers from -25 to 24" },
        { """{"model_type":"llava","vision_feature_layer":[]}""", "vision_feature_layer", "at least one layer" },
        { """{"model_type":"llava","image_token_id":1,"image_token_index":2}""", "image_token_id", "1 found, but image_token_index is 2" },
        { """{"model_type":"llava_next","image_grid_pinpoints":[[336]]}""", "image_grid_pinpoints", "pairs [height, width]" },
        { """{"model_type":"llava_next","image_grid_pinpoints":[]}""", "image_grid_pinpoints", "a list of 1 to" },
        // Sizes.
        { """{"model_type":"llama","hidden_size":0}""", "hidden_size", "0 found; whole numbers from 1" },
        { """{"model_type":"llama","hidden_size":4096.5}""", "hidden_size", "4096.5 found" },
        { """{"model_type":"llama","hidden_size":99999999999}""", "hidden_size", "99999999999 found" },
        { """{"model_type":"llama","hidden_size":null}""", "hidden_size", "null found" },
        { """{"model_type":"llama","hidden_size":100}""", "hidden_size", "multiple of num_attention_heads" },
        { """{"model_type":"llama","head_dim":15}""", "head_dim", "even number" },
        { """{"model_type":"llama","num_key_value_heads":5}""", "num_key_value_heads", "must divide num_attention_heads" },
        { """{"model_type":"llama","tie_word_embeddings":"yes"}""", "tie_word_embeddings", "true and false" },
        { """{"model_type":"llama","model_type":"qwen2"}""", null!, "not valid JSON" },
        { """{"model_type":"llama","rope_theta":NaN}""", null!, "not valid JSON" },
        { """[]""", null!, "a JSON object is needed" },
        { """{"model_type":"\ud800"}""", null!, "not valid text" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_config_is_refused_by_key_and_value(string json, string? key, string reason)
    {
        var error = Assert.Throws<CheckpointException>(() => Configs.Parse(json));

        Assert.Equal("config.json", error.File);
        Assert.Equal(key, error.Subject);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type":"mistral","max_position_embeddings":4096}""")]
    [InlineData("""{"model_type":"mistral","sliding_window":131072}""")]
    [InlineData("""{"model_type":"qwen2","sliding_window":128}""")]
    [InlineData("""{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":32,"num_hidden_layers":32}""")]
    [InlineData("""{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":0,"sliding_window":32768}""")]
    public void A_window_that_never_narrows_the_context_is_accepted(string json)
    {
        Assert.Equal(ModelFamily.TextOnly, Configs.Parse(json).Family);
    }

    [Fact]
    public void Unknown_keys_are_tolerated_and_listed_with_their_path()
    {
        var config = Configs.Parse(
            """{"model_type":"llava","brand_new":1,"text_config":{"shiny":true,"use_cache":true},"vision_config":{"odd":null}}""");

        Assert.Equal(["text_config.shiny", "vision_config.odd", "brand_new"], config.UnknownKeys);
    }

    [Fact]
    public void Negative_special_tokens_mean_none()
    {
        var config = Configs.Parse("""{"model_type":"llama","bos_token_id":-1,"eos_token_id":[-1,3],"pad_token_id":-1}""");

        Assert.Null(config.Text.BosTokenId);
        Assert.Null(config.Text.PadTokenId);
        Assert.Equal([3], config.Text.EosTokenIds);
    }
}
