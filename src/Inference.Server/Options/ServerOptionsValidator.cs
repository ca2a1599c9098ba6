using System.Globalization;
using System.Net;

namespace Inference.Server;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Setting">Its path: <c>Limits.MaxRegions</c>.</param>
/// <param name="Found">What it was set to.</param>
/// <param name="Allowed">The legal range.</param>
public readonly record struct OptionProblem(string Setting, string Found, string Allowed)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Setting}: found {Found}; allowed: {Allowed}";
}

/// <summary>Checks <see cref="ServerOptions"/>; finds every problem, not only the first.</summary>
public static class ServerOptionsValidator
{
    private const int GiB = 1 << 30;

    /// <summary>All problems, in the order of the settings; empty when a server can be started.</summary>
    public static IReadOnlyList<OptionProblem> Validate(ServerOptions options)
    {
        List<OptionProblem> problems = [];
        if (ListenAddress.Parse(options.Host) is null)
        {
            problems.Add(new OptionProblem(nameof(options.Host), $"'{options.Host}'", "an IP address, localhost or *"));
        }

        Range(nameof(options.Port), options.Port, 0, IPEndPoint.MaxPort);
        if (options.Tls is { } tls)
        {
            CheckFile("Tls.CertificateFile", tls.CertificateFile, problems);
            CheckFile("Tls.KeyFile", tls.KeyFile, problems);
        }

        var limits = options.Limits;
        Range("Limits.MaxMessageBytes", limits.MaxMessageBytes, 1 << 10, GiB);
        Range("Limits.MaxCalls", limits.MaxCalls, 1, 1 << 20);
        Range("Limits.MaxMessages", limits.MaxMessages, 1, 1 << 16);
        Range("Limits.MaxImages", limits.MaxImages, 1, 1 << 10);
        Range("Limits.MaxTextBytes", limits.MaxTextBytes, 1, GiB);
        Range("Limits.MaxRegions", limits.MaxRegions, 1, 1 << 12);
        Range("Limits.MaxCandidates", limits.MaxCandidates, 1, 1 << 10);
        Range("Limits.MaxCandidateRuns", limits.MaxCandidateRuns, 1, 1 << 16);
        Range("Images.Workers", options.Images.Workers, 1, 1 << 10);
        Range("Images.BytesInFlight", options.Images.BytesInFlight, 1 << 20, long.MaxValue);
        Range("Images.StoreBytes", options.Images.StoreBytes, 0, long.MaxValue);
        Time(nameof(options.SlowReaderTimeout), options.SlowReaderTimeout, TimeSpan.FromMilliseconds(10));
        Time(nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero);
        Time(nameof(options.RetryDelay), options.RetryDelay, TimeSpan.Zero);
        return problems;

        void Range(string setting, long found, long from, long to)
        {
            if (found < from || found > to)
            {
                problems.Add(
                    new OptionProblem(
                        setting, found.ToString(CultureInfo.InvariantCulture), FormattableString.Invariant($"{from} to {to}")));
            }
        }

        void Time(string setting, TimeSpan found, TimeSpan from)
        {
            var to = TimeSpan.FromDays(1);
            if (found < from || found > to)
            {
                problems.Add(new OptionProblem(setting, found.ToString("c", CultureInfo.InvariantCulture), $"{from:c} to {to:c}"));
            }
        }
    }

    private static void CheckFile(string setting, string path, List<OptionProblem> problems)
    {
        if (!File.Exists(path))
        {
            problems.Add(new OptionProblem(setting, $"'{path}'", "a PEM file that exists"));
        }
    }
}
