using System.Globalization;
using System.Text.Json;
using Inference.Decoding.Layers;
using Inference.Models.Checkpoints;
using Inference.Models.Imaging;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>Strategies that read a second input, and the noise of that input, against a plain reference on transformers.</summary>
public sealed class GoldenCompanionTests
{
    private const float Excluded = -1e30f;
    private const double RelativeTolerance = 1e-3;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Tokens_and_scores_of_every_strategy_are_those_of_the_reference(int run)
    {
        using var folder = new TemporaryFolder();
        using var document = Read(run);
        foreach (var method in document.RootElement.GetProperty("cases").EnumerateObject())
        {
            var (strategy, path) = (method.Value.GetProperty("strategy").GetString()!, folder.File(method.Name));
            var tokens = method.Value.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt64()).ToList();
            string[] trace =
            [
                "trace", "--model", Goldens.Folder(Goldens.LlamaDeep), "--raw", "--max-tokens", $"{tokens.Count}", "--out", path,
                "--image", Goldens.Image(document.RootElement.GetProperty("image").GetString()!),
                "--prompt", document.RootElement.GetProperty("prompt").GetString()!, "--strategy", strategy,
                .. method.Value.GetProperty("settings").EnumerateObject().SelectMany(setting =>
                    (string[])["--set", $"{setting.Name}={setting.Value.GetRawText()}"]),
            ];
            var answer = await CliRun.Of(trace);
            Assert.True(answer.ExitCode == 0, answer.Error);
            using var actual = SafetensorsFile.Open(path);
            Assert.True(tokens.SequenceEqual(actual["generated"].ToInt64s()), method.Name);
            CompareScores(method.Name, strategy, method.Value.GetProperty("steps"), actual["step_scores"].ToSingles());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_noise_is_that_of_the_released_schedule(int run)
    {
        using var document = Read(run);
        using var expected = SafetensorsFile.Open(Goldens.FileOf(Goldens.LlamaDeep, "expected.safetensors"));
        var tensor = expected[$"case{run}.pixel_values"];
        var shape = tensor.Shape.ToArray();
        var (channels, height, width) = ((int)shape[^3], (int)shape[^2], (int)shape[^1]);
        var pixels = new PixelValues(1, channels, height, width, tensor.ToSingles(), (height, width));
        foreach (var noise in document.RootElement.GetProperty("noised").EnumerateArray())
        {
            var (steps, seed) = (noise.GetProperty("noise-steps").GetInt32(), noise.GetProperty("noise-seed").GetInt32());
            var noised = DiffusionNoise.Apply(pixels, steps, seed);
            foreach (var (at, value) in noise.GetProperty("pixels").EnumerateArray().Zip(noise.GetProperty("values").EnumerateArray()))
            {
                Assert.Equal(value.GetDouble(), noised.Data[at.GetInt32()], 1e-5);
            }
        }

        var (black, white) = (Flat(0), Flat(1));
        foreach (var signal in document.RootElement.GetProperty("signal").EnumerateObject())
        {
            var step = int.Parse(signal.Name, CultureInfo.InvariantCulture);
            var share = DiffusionNoise.Apply(white, step, seed: 1).Data[0] - DiffusionNoise.Apply(black, step, seed: 1).Data[0];
            Assert.Equal(signal.Value.GetDouble(), share, 1e-5);
        }
    }

    private static PixelValues Flat(float value) => new(1, 1, 1, 1, [value], (1, 1));

    private static JsonDocument Read(int run) =>
        JsonDocument.Parse(File.ReadAllBytes(Goldens.FileOf(Goldens.LlamaDeep, $"companions{run}.json")));

    private static void CompareScores(string name, string strategy, JsonElement steps, float[] actual)
    {
        var rows = actual.Chunk(actual.Length / steps.GetArrayLength()).ToArray();
        foreach (var (step, row) in steps.EnumerateArray().Zip(rows))
        {
            int[] columns = [.. step.GetProperty("columns").EnumerateArray().Select(column => column.GetInt32())];
            double[] want = [.. step.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())];
            Assert.Equal(step.GetProperty("kept").GetInt32(), row.Count(score => score > Excluded));
            // The reference gives m3id's scores in log-probabilities; no choice depends on the constant between them and logits.
            var shift = strategy == "m3id" ? row[columns[0]] - want[0] : 0;
            var tolerance = RelativeTolerance * want.Max(Math.Abs);
            for (var i = 0; i < columns.Length; i++)
            {
                var (expected, found) = (want[i] + shift, row[columns[i]]);
                Assert.True(Math.Abs(expected - found) <= tolerance, $"{name}: {found} at {columns[i]}, expected {expected}");
            }
        }
    }
}
