using System.Globalization;
using System.Text.Json;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>A pruned case of methods{file}.json: what a plain reference computed, one forward per token.</summary>
internal sealed record PruningCase(
    string Name, int File, string Image, string Prompt, string Plan, string Positions, int[] Tokens, int[][] Kept)
{
    public const string Model = Goldens.LlamaDeep;

    public static IReadOnlyList<string> Names => ["pyramid-reindex", "pyramid-keep", "pyramid-all"];

    public string ScoresFile => Goldens.FileOf(Model, $"methods{File}.safetensors");

    public string[] TraceArguments(string output) =>
        [.. PlainArguments(output), "--prune", Plan, "--positions", Positions];

    public string[] PlainArguments(string output) =>
        ["trace", "--model", Goldens.Folder(Model), "--image", Goldens.Image(Image), "--prompt", Prompt, "--raw",
         "--max-tokens", $"{Tokens.Length}", "--out", output];

    public static PruningCase Load(int file, string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Goldens.FileOf(Model, $"methods{file}.json")));
        var root = document.RootElement;
        var entry = root.GetProperty("cases").GetProperty(name);
        var plan = entry.GetProperty("plan").EnumerateArray()
            .Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage[0].GetInt32()}:{stage[1].GetDouble()}"));
        return new PruningCase(
            name, file, root.GetProperty("image").GetString()!, root.GetProperty("prompt").GetString()!, string.Join(',', plan),
            entry.GetProperty("position_policy").GetString()!, Integers(entry.GetProperty("tokens")),
            [.. entry.GetProperty("kept").EnumerateArray().Select(Integers)]);
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];
}
