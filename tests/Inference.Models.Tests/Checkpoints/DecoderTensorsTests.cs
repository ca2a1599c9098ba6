using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Weights of a decoder that its configuration does not know of.</summary>
public sealed class DecoderTensorsTests
{
    private const string Block = "language_model.model.layers.0.";

    [Theory]
    [InlineData(Goldens.ClipLlama, "self_attn.q_proj.bias")]
    [InlineData(Goldens.ClipLlama, "self_attn.q_norm.weight")]
    [InlineData(Goldens.ClipLlama, "mlp.experts.0.up_proj.weight")]
    [InlineData(Goldens.ClipLlama, "input_layernorm.bias")]
    [InlineData(Goldens.ClipLlama, "bias")]
    [InlineData(Goldens.SiglipQwen2, "self_attn.o_proj.bias")]
    public void A_tensor_that_would_be_left_out_is_refused(string model, string name)
    {
        using var folder = new TemporaryFolder();
        Write(folder, model, Block + name);

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));

        Assert.Equal(Block + name, error.Subject);
        Assert.Contains("has no such tensor", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_would_be_left_out_is_refused()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.ClipLlama,
            config: text => text.Replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3", StringComparison.Ordinal));

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));

        Assert.StartsWith("language_model.model.layers.3.", error.Subject, StringComparison.Ordinal);
        Assert.Equal("config.json has num_hidden_layers 3 and would leave this block out", error.Reason);
    }

    [Fact]
    public void Rotary_frequencies_that_older_libraries_wrote_are_passed_over()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Goldens.ClipLlama, Block + "self_attn.rotary_emb.inv_freq");

        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Equal([Block + "self_attn.rotary_emb.inv_freq"], [.. checkpoint.UnusedTensors().Where(name => name.Contains("rotary", StringComparison.Ordinal))]);
    }

    // One tensor of the image side gets the name, which is all that counts here.
    private static void Write(TemporaryFolder folder, string model, string added) => CheckpointCopy.Write(
        folder, model, name => name == "multi_modal_projector.linear_1.bias" ? added : name);
}
