using System.IO.Compression;
using System.Text;
using Inference.Grounding.Evaluation;

namespace Inference.Grounding.Tests.Evaluation;

public sealed class JsonLinesTests
{
    private const string Lines = "\uFEFF{\"a\":\"1\"}\r\n\n  \t\r\n{\"a\":\"é\"}\n{\"a\":3}";

    [Fact]
    public void Lines_keep_their_numbers_over_blank_ones()
    {
        var read = JsonLines.Read(Sources.Of("f", Lines)).Select(line => (line.Number, line.Key("a"))).ToList();
        Assert.Equal([(1, "1"), (4, "é"), (5, "3")], read);
    }

    [Fact]
    public void The_cut_of_the_stream_changes_nothing()
    {
        var read = JsonLines.Read(Sources.Dripping("f", Lines)).Select(line => (line.Number, line.Key("a"))).ToList();
        Assert.Equal([(1, "1"), (4, "é"), (5, "3")], read);
    }

    [Fact]
    public void A_line_longer_than_the_first_buffer_is_read()
    {
        var text = new string('x', 300_000);
        var read = JsonLines.Read(Sources.Of("f", $"{{\"a\":\"{text}\"}}\n{{\"a\":\"y\"}}")).Select(line => line.Text("a")).ToList();
        Assert.Equal([text, "y"], read);
    }

    [Theory]
    [InlineData("{}\n{", "f line 2: found text that is not JSON; allowed: one JSON object per line")]
    [InlineData("[1]", "f line 1: found an array; allowed: one JSON object per line")]
    [InlineData("{\"a\":1,\"a\":2}", "f line 1: found text that is not JSON; allowed: one JSON object per line")]
    public void A_line_that_is_no_object_is_named(string text, string message)
    {
        var failure = Assert.Throws<EvaluationException>(() => JsonLines.Read(Sources.Of("f", text)).Count());
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_named()
    {
        var failure = Assert.Throws<EvaluationException>(
            () => JsonLines.Read(Sources.Of("f", "{\"a\":\"\\ud83d\"}")).Select(line => line.Text("a")).ToList());
        Assert.StartsWith("f line 1: \"a\": found a string that is not Unicode", failure.Message);
    }

    [Fact]
    public void A_line_without_end_is_refused_before_memory_is_spent()
    {
        var failure = Assert.Throws<EvaluationException>(
            () => JsonLines.Read(Sources.Of("f", new byte[JsonLines.LongestLine + 1])).Count());
        Assert.Equal("f line 1: found a longer line; allowed: up to 16 MiB", failure.Message);
    }

    [Fact]
    public void Damaged_compression_is_named()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"a\":{i}}}\n"))));
        }

        var bytes = packed.ToArray();
        bytes.AsSpan(20, 40).Fill(0xFF);
        using var damaged = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var failure = Assert.Throws<EvaluationException>(() => JsonLines.Read(new EvaluationSource("f.gz", damaged)).Count());
        Assert.StartsWith("f.gz", failure.Message);
    }
}
