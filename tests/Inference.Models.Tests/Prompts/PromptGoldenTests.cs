using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Tokenization;
using Inference.Testing;

namespace Inference.Models.Tests.Prompts;

/// <summary>Prompts against what the processors of transformers made of them.</summary>
public sealed class PromptGoldenTests
{
    [Fact]
    public void Raw_prompts_of_every_golden_give_the_references_ids()
    {
        foreach (string model in Goldens.Models)
        {
            PromptEncoder encoder = EncoderOf(Goldens.Folder(model));
            using SafetensorsFile expected = SafetensorsFile.Open(Goldens.FileOf(model, "expected.safetensors"));
            using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Goldens.FileOf(model, "cases.json")));
            int i = 0;
            foreach (JsonElement entry in cases.RootElement.GetProperty("cases").EnumerateArray())
            {
                int rows = (int)expected[$"case{i}.image_features"].Shape[0];
                EncodedPrompt prompt = encoder.EncodeRaw(entry.GetProperty("prompt").GetString()!, [rows]);
                Assert.Equal(expected[$"case{i}.input_ids"].ToInt64s(), prompt.InputIds.Select(id => (long)id));
                i++;
            }
            Assert.True(i > 0);
        }
    }

    [Fact]
    public void Questions_to_the_bundled_model_give_the_references_ids()
    {
        string folder = Path.Combine(Goldens.Root, "..", "..", "weights", "demo", "model");
        ModelProfile profile = ModelProfiles.Load(folder);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        ChatFormat format = ChatFormatResolver.Resolve(folder, profile, checkpoint.Config);
        Assert.Equal("vicuna-v1", format.Name);
        PromptEncoder encoder = EncoderOf(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        int count = 0;
        foreach (JsonElement entry in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            const string Before = "USER: <image>\n", After = " ASSISTANT:";
            string text = entry.GetProperty("prompt").GetString()!;
            if (entry.GetProperty("input_ids").ValueKind == JsonValueKind.Null) continue;
            int[] expected = [.. entry.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(expected, encoder.EncodeRaw(text, [64]).InputIds);
            Assert.Equal(expected, encoder.Encode(format, [Message.UserWithImage(text[Before.Length..^After.Length])], [64]).InputIds);
            count++;
        }
        Assert.True(count > 0);
    }

    private static PromptEncoder EncoderOf(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return new PromptEncoder(Tokenizer.Load(folder), checkpoint.Config.ImageTokenId);
    }
}
