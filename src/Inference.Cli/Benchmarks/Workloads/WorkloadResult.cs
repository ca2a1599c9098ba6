using System.Text.Json;

namespace Inference.Cli.Benchmarks.Workloads;

/// <summary>What a workload took; medians over the rounds.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Backend">What ran it.</param>
/// <param name="Settings">What was run.</param>
/// <param name="Seconds">From the first request to the last token.</param>
/// <param name="FirstTokenSeconds">From submission to the first token, the median request.</param>
/// <param name="PrefillSeconds">Prefill of the request that took longest.</param>
/// <param name="RoundDecodeSeconds">First token to last of the request that took longest, in each round.</param>
/// <param name="WeightBytes">Bytes of all decoder weights.</param>
/// <param name="KvBytes">Bytes of the key/value cache that all requests fill.</param>
/// <param name="ResidentBytes">Memory of the process that is resident after the last round.</param>
internal sealed record WorkloadResult(
    string Model, string Backend, WorkloadSettings Settings, double Seconds, double FirstTokenSeconds, double PrefillSeconds,
    IReadOnlyList<double> RoundDecodeSeconds, long WeightBytes, long KvBytes, long ResidentBytes)
{
    /// <summary>Prompt and generated tokens of all requests a second.</summary>
    public double TotalTokensPerSecond => Settings.Requests * (double)Settings.ContextLength / Seconds;

    /// <summary>Prompt tokens a second.</summary>
    public double PrefillTokensPerSecond => Settings.Requests * (double)Settings.PromptTokens / PrefillSeconds;

    /// <summary>Generated tokens a second, those of the first steps left out.</summary>
    public double DecodeTokensPerSecond => DecodeSpeed(Medians.Of(RoundDecodeSeconds));

    /// <summary>Memory over what it must hold.</summary>
    public double ResidentShare => ResidentBytes / (double)(WeightBytes + KvBytes);

    private double DecodeSpeed(double seconds) => Settings.Requests * (Settings.DecodeTokens - 1) / seconds;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", Model);
        json.WriteString("backend", Backend);
        json.WriteNumber("requests", Settings.Requests);
        json.WriteNumber("shared_tokens", Settings.SharedTokens);
        json.WriteNumber("image_rows", Settings.ImageRows);
        json.WriteNumber("own_tokens", Settings.OwnTokens);
        json.WriteNumber("decode_tokens", Settings.DecodeTokens);
        json.WriteNumber("rounds", Settings.Rounds);
        json.WriteString("kv", Settings.Kv.ToString().ToLowerInvariant());
        Number("seconds", Seconds);
        Number("first_token_seconds", FirstTokenSeconds);
        Number("total_tokens_per_second", TotalTokensPerSecond);
        Number("prefill_tokens_per_second", PrefillTokensPerSecond);
        Number("decode_tokens_per_second", DecodeTokensPerSecond);
        json.WriteStartArray("decode_rounds");
        foreach (var seconds in RoundDecodeSeconds)
        {
            json.WriteNumberValue(Math.Round(DecodeSpeed(seconds), 4));
        }

        json.WriteEndArray();
        json.WriteNumber("weight_bytes", WeightBytes);
        json.WriteNumber("kv_bytes", KvBytes);
        json.WriteNumber("resident_bytes", ResidentBytes);
        Number("resident_share", ResidentShare);

        void Number(string name, double value) => json.WriteNumber(name, Math.Round(value, 4));
    }
}
