using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Models.Tests.Golden;

/// <summary>The models against what the transformers library computed (tests/goldens).</summary>
public sealed class GoldenModelTests
{
    private const float Tolerance = 2e-4f;

    public static TheoryData<string, int, string> Cases()
    {
        var data = new TheoryData<string, int, string>();
        string[] images = ["scene0.png", "photo0.jpg", "gray0.png"];
        foreach (var model in Goldens.Models)
        {
            for (var i = 0; i < images.Length; i++)
            {
                if (model != Goldens.LlamaDeep || i < 2)
                {
                    data.Add(model, i, images[i]);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pixels_features_hidden_states_logits_and_greedy_tokens_are_those_of_the_reference(string model, int index, string image)
    {
        using var expected = SafetensorsFile.Open(Goldens.FileOf(model, "expected.safetensors"));
        float[] Singles(string name) => expected[$"case{index}.{name}"].ToSingles();
        using var run = new GoldenRun(model);

        var (pixels, features) = run.EncodeImage(image);
        AssertWithin(1e-6f, Singles("pixel_values"), pixels, "pixel_values");
        AssertClose(Singles("image_features"), features, "image_features");

        int[] prompt = [.. expected[$"case{index}.input_ids"].ToInt64s().Select(id => (int)id)];
        var logits = run.Feed(prompt, features);
        for (var layer = 0; layer <= run.Layers; layer++)
        {
            AssertClose(Singles($"hidden.{layer}"), run.Hidden[layer], $"hidden.{layer}");
        }

        AssertClose(Singles("logits"), logits, "logits");

        var vocabulary = logits.Length / prompt.Length;
        var generated = expected[$"case{index}.generated"].ToInt64s();
        var stepLogits = Singles("step_logits");
        var last = logits[^vocabulary..];
        for (var step = 0; step < generated.Length; step++)
        {
            AssertClose(stepLogits[(step * vocabulary)..((step + 1) * vocabulary)], last, $"step {step}");
            var token = Array.IndexOf(last, last.Max());
            Assert.Equal(generated[step], token);
            last = run.Feed([token]);
        }
    }

    private static void AssertClose(float[] expected, float[] actual, string name) =>
        AssertWithin(Tolerance * expected.Max(MathF.Abs), expected, actual, name);

    private static void AssertWithin(float tolerance, float[] expected, float[] actual, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                MathF.Abs(expected[i] - actual[i]) <= tolerance,
                $"{name}[{i}]: expected {expected[i]}, got {actual[i]}, tolerance {tolerance}");
        }
    }
}
