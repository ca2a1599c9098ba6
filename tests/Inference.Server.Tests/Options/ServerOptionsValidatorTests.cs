namespace Inference.Server.Tests.Options;

public sealed class ServerOptionsValidatorTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.Empty(ServerOptionsValidator.Validate(new ServerOptions()));

    [Fact]
    public async Task Every_problem_is_listed_with_its_setting_and_range_and_nothing_starts()
    {
        var options = new ServerOptions
        {
            Host = "example.com",
            Port = 70_000,
            Tls = new TlsOptions("/nowhere/certificate.pem", "/nowhere/key.pem"),
            Limits = new RequestLimits
            {
                MaxMessageBytes = 1,
                MaxCalls = 0,
                MaxMessages = 0,
                MaxImages = 0,
                MaxTextBytes = 0,
                MaxRegions = 0,
                MaxCandidates = 0,
                MaxCandidateRuns = 0,
            },
            Images = new ImageWorkOptions { Workers = 0, BytesInFlight = 0, StoreBytes = -1 },
            SlowReaderTimeout = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromSeconds(-1),
            RetryDelay = TimeSpan.FromDays(2),
        };
        var refusal = await Assert.ThrowsAsync<ServerOptionsException>(
            () => GlassboxServer.StartAsync(options, _ => throw new InvalidOperationException()));
        Assert.Equal(
            [
                "Host", "Port", "Tls.CertificateFile", "Tls.KeyFile", "Limits.MaxMessageBytes", "Limits.MaxCalls", "Limits.MaxMessages",
                "Limits.MaxImages", "Limits.MaxTextBytes", "Limits.MaxRegions", "Limits.MaxCandidates", "Limits.MaxCandidateRuns",
                "Images.Workers", "Images.BytesInFlight", "Images.StoreBytes", "SlowReaderTimeout", "DrainTimeout", "RetryDelay",
            ],
            refusal.Problems.Select(problem => problem.Setting));
        Assert.Contains("Port: found 70000; allowed: 0 to 65535", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("*")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    public void Addresses_of_this_machine_are_valid(string host) =>
        Assert.Empty(ServerOptionsValidator.Validate(new ServerOptions { Host = host }));
}
