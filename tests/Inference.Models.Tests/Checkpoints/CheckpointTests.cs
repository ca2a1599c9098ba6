using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Checkpoints;

public sealed class CheckpointTests
{
    public static TheoryData<string> Models { get; } = [.. Goldens.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_tensor_a_model_needs_is_found_in_its_golden_and_nothing_is_left(string model)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(model));

        AllTensors.Require(checkpoint);

        Assert.Empty(checkpoint.UnusedTensors());
        Assert.Empty(checkpoint.Config.UnknownKeys);
    }

    [Theory]
    [InlineData(Goldens.ClipLlama, 1)]
    [InlineData(Goldens.ClipLlama, 3)]
    [InlineData(Goldens.SiglipQwen2, 2)]
    [InlineData(Goldens.NextMistral, 2)]
    public void The_newer_spelling_is_found_too(string model, int shards)
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(folder, model, NewerSpelling, shards);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var golden = Checkpoint.Open(Goldens.Folder(model));

        AllTensors.Require(checkpoint);

        Assert.Empty(checkpoint.UnusedTensors());
        Assert.Equal(golden.Text("layers.1.mlp.up_proj.weight").ToSingles(), checkpoint.Text("layers.1.mlp.up_proj.weight").ToSingles());
    }

    [Fact]
    public void The_tower_is_found_under_its_oldest_names()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.ClipLlama, name => name.Replace("vision_tower.", "vision_tower.vision_model.", StringComparison.Ordinal));
        using var checkpoint = Checkpoint.Open(folder.Path);

        AllTensors.Require(checkpoint);

        Assert.Equal("vision_tower.vision_model.embeddings.class_embedding", checkpoint.Vision("embeddings.class_embedding").Name);
    }

    [Fact]
    public void A_decoder_alone_opens_with_plain_names()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.ClipLlama,
            name => name.StartsWith("language_model.", StringComparison.Ordinal) ? name["language_model.".Length..] : null,
            config: text => System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("text_config").GetRawText());
        using var checkpoint = Checkpoint.Open(folder.Path);

        AllTensors.Require(checkpoint);

        Assert.Equal(ModelFamily.TextOnly, checkpoint.Config.Family);
        Assert.Empty(checkpoint.UnusedTensors());
    }

    [Fact]
    public void Tied_weights_are_one_tensor_whether_the_file_repeats_them_or_holds_either_name()
    {
        using var golden = Checkpoint.Open(Goldens.Folder(Goldens.SiglipQwen2));
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.SiglipQwen2, name => name.EndsWith("embed_tokens.weight", StringComparison.Ordinal) ? "lm_head.weight" : name);
        using var headOnly = Checkpoint.Open(folder.Path);

        Assert.Same(golden.EmbedTokens(), golden.LmHead());
        Assert.Same(headOnly.EmbedTokens(), headOnly.LmHead());
        Assert.Equal("lm_head.weight", headOnly.EmbedTokens().Name);
    }

    [Fact]
    public void A_tied_model_that_holds_another_vocabulary_matrix_uses_it()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.ClipLlama,
            config: text => text.Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal));
        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.True(checkpoint.Config.TieWordEmbeddings);
        Assert.Equal("language_model.lm_head.weight", checkpoint.LmHead().Name);
        Assert.Equal("language_model.model.embed_tokens.weight", checkpoint.EmbedTokens().Name);
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_spellings()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(folder, Goldens.ClipLlama, name => name.Contains("layers.2.mlp.up", StringComparison.Ordinal) ? null : name);
        using var checkpoint = Checkpoint.Open(folder.Path);

        var error = Assert.Throws<CheckpointException>(() => AllTensors.Require(checkpoint));

        Assert.Equal(
            "model.safetensors: 'model.language_model.layers.2.mlp.up_proj.weight': the tensor is missing, also as "
                + "language_model.model.layers.2.mlp.up_proj.weight, "
            + "language_model.layers.2.mlp.up_proj.weight, model.layers.2.mlp.up_proj.weight",
            error.Message);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.ClipLlama));

        var error = Assert.Throws<CheckpointException>(() => checkpoint.Text("norm.weight", 96, 1));

        Assert.Equal(
            "model.safetensors: 'language_model.model.norm.weight': shape [96] found; config.json asks for [96, 1]", error.Message);
    }

    [Fact]
    public void Tensors_that_nothing_asks_for_are_listed_and_do_no_harm()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(
            folder, Goldens.ClipLlama, name => name.EndsWith("post_layernorm.bias", StringComparison.Ordinal) ? "stray.tensor" : name);
        using var checkpoint = Checkpoint.Open(folder.Path);

        Assert.Throws<CheckpointException>(() => AllTensors.Require(checkpoint));

        Assert.Contains("stray.tensor", checkpoint.UnusedTensors());
    }

    [Fact]
    public void Text_ends_with_the_tokens_of_the_generation_config_or_those_of_the_decoder()
    {
        using var folder = new TemporaryFolder();
        CheckpointCopy.Write(folder, Goldens.ClipLlama);
        using (var silent = Checkpoint.Open(folder.Path))
            Assert.Equal([2], silent.EosTokenIds);

        folder.Write("generation_config.json", """{"eos_token_id":[5,6]}""");
        using (var stated = Checkpoint.Open(folder.Path))
            Assert.Equal([5, 6], stated.EosTokenIds);

        File.Delete(Path.Combine(folder.Path, "generation_config.json"));
        using (var missing = Checkpoint.Open(folder.Path))
            Assert.Equal([2], missing.Generation.EosTokenIds);
    }

    /// <summary>As library versions from 4.52 name things in memory.</summary>
    private static string NewerSpelling(string name) =>
        name.StartsWith("language_model.lm_head", StringComparison.Ordinal) ? name["language_model.".Length..]
        : name.StartsWith(
            "language_model.model.", StringComparison.Ordinal) ? "model.language_model." + name["language_model.model.".Length..]
        : "model." + name;
}
