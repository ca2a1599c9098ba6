using System.Text.Json;
using Glassbox.V1;

namespace Inference.Cli.Benchmarks.Load;

/// <summary>What a run came to.</summary>
/// <param name="Model">Who answered.</param>
/// <param name="Settings">What was sent.</param>
/// <param name="Samples">What became of each request.</param>
/// <param name="Before">The server's gauges and counters when it began.</param>
/// <param name="After">And when it had ended.</param>
internal sealed record LoadResult(
    string Model, LoadSettings Settings, IReadOnlyList<LoadSample> Samples, GetLoadResponse Before, GetLoadResponse After)
{
    public Percentiles FirstToken { get; } = Percentiles.Of(Samples.Select(sample => sample.FirstToken).OfType<double>());

    public Percentiles Gaps { get; } = Percentiles.Of(Samples.SelectMany(sample => sample.Gaps));

    public Percentiles Total { get; } = Percentiles.Of(Samples.Where(sample => sample.Failure is null).Select(sample => sample.Total));

    /// <summary>To the end of the last answer.</summary>
    public double Seconds { get; } = Samples.Max(sample => sample.End.TotalSeconds);

    public int PromptTokens { get; } = Samples.Sum(sample => sample.Answer?.Usage.PromptTokens ?? 0);

    public int CachedTokens { get; } = Samples.Sum(sample => sample.Answer?.Usage.CachedTokens ?? 0);

    public int CompletionTokens { get; } = Samples.Sum(sample => sample.Answer?.Usage.CompletionTokens ?? 0);

    public double RequestsPerSecond => Samples.Count(sample => sample.Failure is null) / Seconds;

    public double TokensPerSecond => CompletionTokens / Seconds;

    public ulong Steps => After.Steps - Before.Steps;

    public double RowsPerStep => Steps == 0 ? 0 : (After.StepRows - Before.StepRows) / (double)Steps;

    public ulong ImageHits => After.ImageCacheHits - Before.ImageCacheHits;

    public ulong ImageMisses => After.ImageCacheMisses - Before.ImageCacheMisses;

    public ulong AllocatedBytes => After.AllocatedBytes - Before.AllocatedBytes;

    /// <summary>How many calls ended with each status.</summary>
    public IEnumerable<KeyValuePair<string, int>> Failures =>
        Samples.Select(sample => sample.Failure).OfType<string>().CountBy(status => status);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", Model);
        json.WriteString("loop", Settings.Rate is null ? "closed" : "open");
        json.WriteNumber("requests", Settings.Requests);
        json.WriteNumber("clients", Settings.Clients);
        if (Settings.Rate is { } rate)
        {
            json.WriteNumber("requests_per_second_offered", rate);
        }

        json.WriteNumber("image_share", Settings.ImageShare);
        Number("seconds", Seconds);
        Number("requests_per_second", RequestsPerSecond);
        Number("tokens_per_second", TokensPerSecond);
        json.WriteNumber("prompt_tokens", PromptTokens);
        json.WriteNumber("cached_tokens", CachedTokens);
        json.WriteNumber("completion_tokens", CompletionTokens);
        Distribution("first_token_ms", FirstToken);
        Distribution("inter_token_ms", Gaps);
        Distribution("total_ms", Total);
        json.WriteNumber("steps", Steps);
        Number("rows_per_step", RowsPerStep);
        json.WriteNumber("preemptions", After.Preemptions - Before.Preemptions);
        json.WriteNumber("image_cache_hits", ImageHits);
        json.WriteNumber("image_cache_misses", ImageMisses);
        json.WriteNumber("resident_bytes", After.ResidentBytes);
        json.WriteNumber("resident_bytes_before", Before.ResidentBytes);
        json.WriteNumber("allocated_bytes", AllocatedBytes);
        json.WriteStartObject("failures");
        foreach (var (status, count) in Failures)
        {
            json.WriteNumber(status, count);
        }

        json.WriteEndObject();

        void Number(string name, double value) => json.WriteNumber(name, Math.Round(value, 4));

        void Distribution(string name, Percentiles values)
        {
            json.WriteStartObject(name);
            Number("mean", values.Mean);
            Number("p50", values.P50);
            Number("p90", values.P90);
            Number("p99", values.P99);
            Number("max", values.Max);
            json.WriteEndObject();
        }
    }
}
