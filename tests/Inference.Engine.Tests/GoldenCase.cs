using System.Text.Json;
using Inference.Testing;

namespace Inference.Engine.Tests;

/// <summary>An entry of a golden folder's cases.json.</summary>
internal sealed record GoldenCase(string Image, string Prompt)
{
    public static IReadOnlyList<GoldenCase> Load(string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Goldens.FileOf(model, "cases.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray()
            .Select(entry => new GoldenCase(entry.GetProperty("image").GetString()!, entry.GetProperty("prompt").GetString()!))];
    }
}
