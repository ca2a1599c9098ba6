using System.Text.Json;
using Inference.Cli.Benchmarks.Load;

namespace Inference.Cli.Benchmarks.Stalls;

/// <summary>What those who stream notice of an image that somebody else brings.</summary>
/// <param name="Streams">Sequences that stream.</param>
/// <param name="Tiles">Views of the image.</param>
/// <param name="Rows">Rows that stand for it.</param>
/// <param name="Idle">Milliseconds between two tokens of a stream before the image is there.</param>
/// <param name="Beside">The same while it is encoded and prefilled.</param>
/// <param name="FirstToken">Seconds from the image to the first token about it.</param>
internal sealed record StallResult(int Streams, int Tiles, int Rows, Percentiles Idle, Percentiles Beside, double FirstToken)
{
    /// <summary>The 99th percentile beside the image over the idle median.</summary>
    public double Ratio => Beside.P99 / Idle.P50;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("streams", Streams);
        json.WriteNumber("tiles", Tiles);
        json.WriteNumber("image_rows", Rows);
        Number("idle_p50_ms", Idle.P50);
        Number("idle_p99_ms", Idle.P99);
        Number("beside_p50_ms", Beside.P50);
        Number("beside_p99_ms", Beside.P99);
        Number("beside_max_ms", Beside.Max);
        Number("p99_over_idle_p50", Ratio);
        Number("first_token_seconds", FirstToken);

        void Number(string name, double value) => json.WriteNumber(name, Math.Round(value, 3));
    }
}
