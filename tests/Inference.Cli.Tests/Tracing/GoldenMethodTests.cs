using System.Globalization;
using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>Every decoding strategy against a plain reference that runs one full forward pass a token.</summary>
public sealed class GoldenMethodTests
{
    private const float Excluded = -1e30f;
    private const double RelativeTolerance = 1e-3;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Tokens_layers_and_scores_of_every_strategy_are_those_of_the_reference(int run)
    {
        using var folder = new TemporaryFolder();
        using var document = JsonDocument.Parse(File.ReadAllBytes(Goldens.FileOf(Goldens.LlamaDeep, $"methods{run}.json")));
        using var expected = SafetensorsFile.Open(Goldens.FileOf(Goldens.LlamaDeep, $"methods{run}.safetensors"));
        var (methods, parameters) = (document.RootElement, document.RootElement.GetProperty("parameters"));
        foreach (var method in methods.GetProperty("cases").EnumerateObject())
        {
            var plan = method.Value.GetProperty("plan");
            if (plan.ValueKind != JsonValueKind.Null && !method.Name.Contains('+', StringComparison.Ordinal))
            {
                // Pruning alone has tests of its own.
                continue;
            }

            var path = folder.File(method.Name);
            var tokens = method.Value.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt64()).ToList();
            string[] trace =
            [
                "trace", "--model", Goldens.Folder(Goldens.LlamaDeep), "--image", Goldens.Image(methods.GetProperty("image").GetString()!),
                "--prompt", methods.GetProperty("prompt").GetString()!, "--raw", "--max-tokens", $"{tokens.Count}", "--out", path,
                .. Flags(method.Name.Split('+')[^1], parameters), .. PruneFlags(plan),
            ];
            var answer = await CliRun.Of(trace);
            Assert.True(answer.ExitCode == 0, answer.Error);
            using var actual = SafetensorsFile.Open(path);
            Assert.True(tokens.SequenceEqual(actual["generated"].ToInt64s()), method.Name);
            CompareLayers(method, actual);
            CompareScores(method.Name, expected[$"{method.Name}.scores"].ToSingles(), actual["step_scores"].ToSingles());
        }
    }

    private static string[] Flags(string method, JsonElement parameters)
    {
        string List(string name) => string.Join(',', parameters.GetProperty(name).EnumerateArray().Select(value => value.GetRawText()));
        string Value(string name) => parameters.GetProperty(name).GetRawText();
        var top = $"relative-top={Value("relative_top")}";
        return method switch
        {
            "greedy" => [],
            "dola-low" => ["--strategy", "dola", "--set", $"layers={List("dola_layers")}", "--set", top],
            "pie" =>
            [
                "--strategy", "pie", "--set", $"layers={List("pie_layers")}", "--set", $"prior={List("pie_prior")}",
                "--set", $"tau={Value("pie_tau")}",
            ],
            "deco" => ["--strategy", "deco", "--set", $"layers={List("deco_layers")}", "--set", $"alpha={Value("deco_alpha")}"],
            "sla" => ["--strategy", "layer-mix", "--set", $"layers={List("sla_layers")}", "--set", $"alpha={Value("sla_alpha")}"],
            _ when method.StartsWith("unleash-layer", StringComparison.Ordinal) =>
            [
                "--strategy", "unleash",
                "--set", $"layer={int.Parse(method["unleash-layer".Length..], CultureInfo.InvariantCulture)}", "--set", top,
            ],
            _ => throw new InvalidDataException($"no flags are known for '{method}'"),
        };
    }

    private static string[] PruneFlags(JsonElement plan) => plan.ValueKind == JsonValueKind.Null
        ? []
        : ["--prune", string.Join(',', plan.EnumerateArray().Select(stage => $"{stage[0].GetRawText()}:{stage[1].GetRawText()}"))];

    private static void CompareLayers(JsonProperty method, SafetensorsFile actual)
    {
        var layers = method.Value.GetProperty("trace").EnumerateArray().Select(layer => layer.GetInt64()).ToList();
        if (layers.Count == 0)
        {
            Assert.DoesNotContain(actual.Tensors, tensor => tensor.Name == "layers");
        }
        else
        {
            Assert.True(layers.SequenceEqual(actual["layers"].ToInt64s()), method.Name);
        }
    }

    private static void CompareScores(string name, float[] want, float[] have)
    {
        Assert.Equal(want.Length, have.Length);
        Assert.Equal(want.Select(score => score <= Excluded), have.Select(score => score <= Excluded));
        var tolerance = RelativeTolerance * want.Where(score => score > Excluded).Max(MathF.Abs);
        var worst = want.Zip(have).Where(pair => pair.First > Excluded).Max(pair => Math.Abs((double)pair.First - pair.Second));
        Assert.True(worst <= tolerance, $"{name}: off by {worst:g3}; allowed: {tolerance:g3}");
    }
}
