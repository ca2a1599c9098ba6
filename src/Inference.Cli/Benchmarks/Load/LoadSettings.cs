namespace Inference.Cli.Benchmarks.Load;

/// <summary>What a load generator sends.</summary>
/// <param name="Requests">Requests in all, after one that does not count.</param>
/// <param name="Clients">Closed loop: this many clients, each of which sends its next request when it has the answer to the last.</param>
/// <param name="Rate">
/// Open loop: requests a second on average, at times drawn as independent arrivals are (Poisson), whether or not answers come; null for a
/// closed loop.
/// </param>
/// <param name="ImageShare">Share of the requests that show an image, 0 to 1.</param>
/// <param name="MaxTokens">Tokens of an answer.</param>
/// <param name="Seed">Of the arrivals and of who shows an image.</param>
internal sealed record LoadSettings(int Requests, int Clients, double? Rate, double ImageShare, int MaxTokens, ulong Seed);
