using System.Text.Json;
using Inference.Testing;

namespace Inference.Cli.Tests.Tracing;

/// <summary>One case of a golden folder.</summary>
internal sealed record GoldenCase(string Model, int Index, string Image, string Prompt)
{
    public string[] TraceArguments(string output) =>
    [
        "trace", "--model", Goldens.Folder(Model), "--image", Goldens.Image(Image), "--prompt", Prompt,
        "--raw", "--max-tokens", "24", "--out", output,
    ];

    public static IReadOnlyList<GoldenCase> Of(string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Goldens.FileOf(model, "cases.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(
            (entry, i) => new GoldenCase(model, i, entry.GetProperty("image").GetString()!, entry.GetProperty("prompt").GetString()!))];
    }
}
