using System.Globalization;
using Inference.Cli.Output;

namespace Inference.Cli.Benchmarks.Load;

/// <summary>A run as a picture: when each request waited and streamed, and how the times are distributed.</summary>
internal static class LoadPicture
{
    private const int Left = 60, Width = 720, Height = 320, Gap = 60, Ticks = 5;
    private const string Waiting = "#fdae6b", Streaming = "#3182bd", Failed = "#cb181d", Ink = "#222", Pale = "#ddd";

    public static string Draw(LoadResult result)
    {
        var picture = new SvgPicture();
        DrawRequests(picture, result, top: 30);
        DrawDistributions(picture, result, top: 30 + Height + Gap);
        return picture.ToString(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Samples.Count} requests to {result.Model}: {result.TokensPerSecond:0.0} tokens a second"));
    }

    private static void DrawRequests(SvgPicture picture, LoadResult result, int top)
    {
        picture.Text(Left, top - 10, "each request over time: waiting for its first token (orange), streaming (blue)", Ink);
        var scale = Width / result.Seconds;
        var row = Height / (double)result.Samples.Count;
        for (var i = 0; i < result.Samples.Count; i++)
        {
            var sample = result.Samples[i];
            var first = sample.Pieces.Count > 0 ? sample.Pieces[0] : sample.End;
            Bar(sample.Arrival, first, sample.Failure is null ? Waiting : Failed);
            Bar(first, sample.End, Streaming);

            void Bar(TimeSpan from, TimeSpan to, string fill) => picture.Box(
                Left + (from.TotalSeconds * scale), top + (i * row), Math.Max(0.3, (to - from).TotalSeconds * scale),
                Math.Max(0.5, row * 0.9), fill);
        }

        Axis(picture, top + Height, result.Seconds, "s");
    }

    private static void DrawDistributions(SvgPicture picture, LoadResult result, int top)
    {
        (string Name, string Colour, double[] Values)[] curves =
        [
            ("first token", Waiting, [.. result.Samples.Select(sample => sample.FirstToken).OfType<double>().Order()]),
            ("whole answer", Streaming, [.. result.Samples.Where(sample => sample.Failure is null).Select(sample => sample.Total).Order()]),
            ("between tokens", "#31a354", [.. result.Samples.SelectMany(sample => sample.Gaps).Order()]),
        ];
        var most = curves.SelectMany(curve => curve.Values).DefaultIfEmpty(1).Max();
        picture.Text(Left, top - 10, "share of requests, or tokens, that took no longer", Ink);
        picture.Box(Left, top, Width, Height, "none", Pale);
        for (var i = 0; i < curves.Length; i++)
        {
            var (name, colour, values) = curves[i];
            picture.Curve([.. values.Select((value, rank) => (Left + (value / most * Width), top + Height - ((rank + 1.0) / values.Length * Height)))], colour);
            picture.Text(Left + Width - 8, top + Height - 12 - (i * 16), name, colour, "end");
        }

        for (var tick = 0; tick <= Ticks; tick++)
        {
            picture.Text(Left - 6, top + Height - (tick * Height / Ticks) + 4, $"{100 * tick / Ticks} %", Ink, "end");
        }

        Axis(picture, top + Height, most, "ms");
    }

    private static void Axis(SvgPicture picture, int y, double most, string unit)
    {
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var x = Left + (tick * Width / Ticks);
            picture.Box(x, y, 0.5, 4, Ink);
            picture.Text(x, y + 16, string.Create(CultureInfo.InvariantCulture, $"{most * tick / Ticks:0.##} {unit}"), Ink, "middle");
        }
    }
}
