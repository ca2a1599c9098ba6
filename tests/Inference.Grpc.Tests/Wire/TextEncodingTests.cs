using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Wire;

namespace Inference.Grpc.Tests.Wire;

public class TextEncodingTests
{
    private static readonly Gen<TimeSpan> Timeouts = Gen.Choose(1, int.MaxValue)
        .Select(value => TimeSpan.FromTicks((long)value * value % TimeSpan.FromDays(40).Ticks + 1));

    [Theory]
    [InlineData("plain ~ text", "plain ~ text")]
    [InlineData("50%", "50%25")]
    [InlineData("ä\n", "%C3%A4%0A")]
    [InlineData("", "")]
    public void Messages_are_percent_encoded(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("100% sure", "100% sure")]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%c3%a4", "ä")]
    [InlineData("%41🙂%", "A🙂%")]
    public void A_malformed_percent_stays(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Fact]
    public void Every_text_survives_encoding() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var valid = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Get));
            var encoded = PercentEncoding.Encode(valid);
            return encoded.All(unit => unit is >= ' ' and <= '~') && PercentEncoding.Decode(encoded) == valid;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("1n", 1)]
    [InlineData("0n", 0)]
    public void Timeouts_are_decoded(string text, long ticks)
    {
        Assert.True(TimeoutEncoding.TryDecode(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(TimeoutEncoding.TryDecode(text, out _));

    [Fact]
    public void The_longest_timeout_is_one_a_timer_can_take()
    {
        Assert.True(TimeoutEncoding.TryDecode("99999999H", out var timeout));
        using var timer = new CancellationTokenSource(timeout);
        Assert.False(timer.IsCancellationRequested);
    }

    [Fact]
    public void An_encoded_timeout_is_never_shorter() =>
        Prop.ForAll(Timeouts.ToArbitrary(), timeout =>
            TimeoutEncoding.TryDecode(TimeoutEncoding.Encode(timeout), out var decoded)
            && decoded >= timeout && decoded.Ticks <= Math.Max(timeout.Ticks * 1.001, timeout.Ticks + 10)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("AAH/", new byte[] { 0, 1, 255 })]
    [InlineData("AA", new byte[] { 0 })]
    [InlineData("AA==", new byte[] { 0 })]
    [InlineData("", new byte[0])]
    public void Binary_values_are_base64_with_or_without_padding(string text, byte[] bytes)
    {
        Assert.True(MetadataEncoding.TryDecodeBase64(text, out var decoded));
        Assert.Equal(bytes, decoded);
    }

    [Fact]
    public void Joined_binary_values_are_split_and_bad_ones_dropped()
    {
        var metadata = new Metadata();
        MetadataEncoding.Add(metadata, "Data-Bin", "AA==,AQ, !!");
        Assert.Equal([[0], [1]], metadata.Select(entry => entry.ValueBytes));
    }

    [Theory]
    [InlineData(":path")]
    [InlineData("grpc-status")]
    [InlineData("TE")]
    [InlineData("bad name")]
    [InlineData("")]
    public void Headers_that_are_no_metadata_are_dropped(string name)
    {
        var metadata = new Metadata();
        MetadataEncoding.Add(metadata, name, "x");
        Assert.Empty(metadata);
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc; charset=utf-8", true)]
    [InlineData("APPLICATION/GRPC", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Content_types_of_grpc_are_recognised(string? contentType, bool expected) =>
        Assert.Equal(expected, GrpcHeaders.IsGrpcContentType(contentType));
}
