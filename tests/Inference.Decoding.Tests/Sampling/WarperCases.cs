using System.Text.Json;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

/// <summary>Logits, parameters and what the logits processors of transformers left of them.</summary>
internal sealed record WarperCase(SamplingParameters Parameters, float[] Logits, int[] Seen, int[] Kept, double[] Probabilities)
{
    public static IReadOnlyList<WarperCase> Load()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Sampling", "Data", "warpers.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(Read)];
    }

    private static WarperCase Read(JsonElement json) => new(
        ReadParameters(json.GetProperty("parameters")),
        [.. json.GetProperty("logits").EnumerateArray().Select(x => x.GetSingle())],
        [.. json.GetProperty("seen").EnumerateArray().Select(x => x.GetInt32())],
        [.. json.GetProperty("kept").EnumerateArray().Select(x => x.GetInt32())],
        [.. json.GetProperty("probabilities").EnumerateArray().Select(x => x.GetDouble())]);

    private static SamplingParameters ReadParameters(JsonElement json)
    {
        float Number(string name, float otherwise) => json.TryGetProperty(name, out JsonElement value) ? value.GetSingle() : otherwise;
        return new SamplingParameters
        {
            DoSample = true,
            Temperature = Number("temperature", 1),
            TopK = (int)Number("top_k", 0),
            TopP = Number("top_p", 1),
            MinP = Number("min_p", 0),
            RepetitionPenalty = Number("repetition_penalty", 1),
        };
    }
}
