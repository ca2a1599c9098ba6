using System.Text;
using System.Text.Json;
using Inference.Compute;
using Inference.Models.Checkpoints;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>
/// Configurations as published models have them (most keys missing) and in every spelling, against what AutoConfig of transformers 5.12.1
/// makes of them. Data/configs.json holds both.
/// </summary>
public sealed class ReferenceConfigTests
{
    private static readonly JsonElement[] Cases =
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Data", "configs.json")))
            .RootElement.EnumerateArray(),
    ];

    public static TheoryData<string> Names { get; } = [.. Cases.Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_value_is_what_the_reference_resolves(string name)
    {
        var item = Cases.Single(c => c.GetProperty("name").GetString() == name);
        var expected = item.GetProperty("resolved");

        var config = Configs.Parse(item.GetProperty("config").GetRawText());

        Assert.Equal(expected.GetProperty("model_type").GetString(), config.ModelType);
        Assert.Equal(expected.GetProperty("dtype").GetString(), config.Dtype);
        Assert.Equal(expected.GetProperty("tied").GetBoolean(), config.TieWordEmbeddings);
        AssertText(expected.GetProperty("text"), config.Text);
        AssertRope(expected.GetProperty("text").GetProperty("rope"), config.Text.Rope);
        Assert.Empty(config.UnknownKeys);
        if (!expected.TryGetProperty("vision", out var vision))
        {
            Assert.Equal(ModelFamily.TextOnly, config.Family);
            Assert.Null(config.Vision);
            return;
        }
        Assert.Equal(config.ModelType == "llava" ? ModelFamily.Llava : ModelFamily.LlavaNext, config.Family);
        AssertVision(vision, config.Vision!);
        Assert.Equal(expected.GetProperty("image_token").GetInt32(), config.ImageTokenId);
        Assert.Equal(Ints(expected.GetProperty("feature_layers")), config.VisionFeatureLayers);
        Assert.Equal(expected.GetProperty("strategy").GetString(), config.VisionFeatureSelectStrategy.ToString().ToLowerInvariant());
        Assert.Equal(
            expected.GetProperty("pinpoints").EnumerateArray().Select(p => new GridPinpoint(p[0].GetInt32(), p[1].GetInt32())),
            config.ImageGridPinpoints);
        Assert.Equal(expected.GetProperty("projector_act").GetString(), Spelling(config.ProjectorHiddenAct));
        Assert.Equal(expected.GetProperty("projector_bias").GetBoolean(), config.ProjectorBias);
    }

    private static void AssertText(JsonElement expected, TextConfig text)
    {
        Assert.Equal(expected.GetProperty("model_type").GetString(), text.ModelType.ToString().ToLowerInvariant());
        Assert.Equal(
            [Int("vocab"), Int("hidden"), Int("ffn"), Int("layers"), Int("heads"), Int("kv"), Int("head_dim"), Int("context")],
            [
                text.VocabSize, text.HiddenSize, text.IntermediateSize, text.Layers, text.Heads, text.KvHeads, text.HeadDim,
                text.MaxPositionEmbeddings,
            ]);
        Assert.Equal((float)expected.GetProperty("eps").GetDouble(), text.RmsNormEps);
        Assert.Equal(
            [Bool("qkv_bias"), Bool("output_bias"), Bool("mlp_bias"), Bool("tied")],
            [text.QkvBias, text.OutputBias, text.MlpBias, text.TieWordEmbeddings]);
        Assert.Equal(expected.GetProperty("act").GetString(), Spelling(text.HiddenAct));
        Assert.Equal([OptionalInt("bos"), OptionalInt("pad")], [text.BosTokenId, text.PadTokenId]);
        Assert.Equal(Ints(expected.GetProperty("eos")), text.EosTokenIds);

        int Int(string key) => expected.GetProperty(key).GetInt32();
        bool Bool(string key) => expected.GetProperty(key).GetBoolean();
        int? OptionalInt(string key) => expected.GetProperty(key) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;
    }

    private static void AssertRope(JsonElement expected, RopeConfig rope)
    {
        Assert.Equal(expected.GetProperty("theta").GetDouble(), rope.Theta);
        Assert.Equal(expected.GetProperty("kind").GetString(), rope.Kind.ToString().ToLowerInvariant());
        Assert.Equal(expected.GetProperty("factor").GetDouble(), rope.Factor);
        Assert.Equal(expected.GetProperty("low").GetDouble(), rope.LowFreqFactor);
        Assert.Equal(expected.GetProperty("high").GetDouble(), rope.HighFreqFactor);
        Assert.Equal(expected.GetProperty("original").GetDouble(), rope.OriginalMaxPositionEmbeddings);
    }

    private static void AssertVision(JsonElement expected, VisionConfig vision)
    {
        Assert.Equal(
            expected.GetProperty("model_type").GetString(),
            vision.ModelType == VisionModelType.Clip ? "clip_vision_model" : "siglip_vision_model");
        Assert.Equal(
            [Int("hidden"), Int("ffn"), Int("layers"), Int("heads"), Int("image"), Int("patch")],
            [vision.HiddenSize, vision.IntermediateSize, vision.Layers, vision.Heads, vision.ImageSize, vision.PatchSize]);
        Assert.Equal((float)expected.GetProperty("eps").GetDouble(), vision.LayerNormEps);
        Assert.Equal(expected.GetProperty("act").GetString(), Spelling(vision.HiddenAct));

        int Int(string key) => expected.GetProperty(key).GetInt32();
    }

    private static IEnumerable<int> Ints(JsonElement list) => list.EnumerateArray().Select(i => i.GetInt32());

    private static string Spelling(Activation activation) => activation switch
    {
        Activation.Silu => "silu",
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_pytorch_tanh",
        _ => "quick_gelu",
    };
}

/// <summary>Parses configuration text as the files are parsed.</summary>
internal static class Configs
{
    public static ModelConfig Parse(string json) => ConfigFile.Parse("config.json", Encoding.UTF8.GetBytes(json), ModelConfigReader.Read);

    public static GenerationConfig Generation(string json) =>
        ConfigFile.Parse("generation_config.json", Encoding.UTF8.GetBytes(json), GenerationConfigReader.Read);
}
