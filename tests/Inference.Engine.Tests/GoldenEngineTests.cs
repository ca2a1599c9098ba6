using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>Text to text through tokenizer, encoder, batch and sampler: what the reference generated.</summary>
public sealed class GoldenEngineTests
{
    [Theory]
    [InlineData(Goldens.ClipLlama)]
    [InlineData(Goldens.ClipLlamaBf16)]
    [InlineData(Goldens.SiglipQwen2)]
    [InlineData(Goldens.NextMistral)]
    [InlineData(Goldens.LlamaDeep)]
    public async Task Greedy_tokens_of_all_cases_run_together_are_those_of_the_reference(string model)
    {
        using var fixture = new EngineFixture(models: model);
        using var expected = SafetensorsFile.Open(Goldens.FileOf(model, "expected.safetensors"));
        var cases = GoldenCase.Load(model);
        Assert.NotEmpty(cases);

        var answers = await Task.WhenAll(cases.Select(golden =>
        {
            var image = fixture.Image(golden.Image);
            var prompt = fixture.ImagePrompt(image, golden.Prompt);
            return fixture.Run(fixture.Request(prompt, EngineFixture.Greedy(24), image) with { IgnoreStopTokens = true });
        }));

        for (var i = 0; i < cases.Count; i++)
        {
            var generated = expected[$"case{i}.generated"].ToInt64s();
            Assert.Equal(generated, answers[i].Ids.Take(generated.Length).Select(id => (long)id));
            Assert.Equal(expected[$"case{i}.input_ids"].Shape[0], answers[i].Result.Usage.PromptTokens);
        }
    }
}
