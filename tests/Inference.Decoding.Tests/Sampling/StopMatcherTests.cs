using FsCheck;
using FsCheck.Fluent;
using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

public sealed class StopMatcherTests
{
    [Theory]
    [InlineData("END", "abc|EN|D|xyz", "abc||", "END")]
    [InlineData("END", "abc|EN|C|xyz", "abc||ENC|xyz", null)]
    [InlineData("\n\n", "a\n|b\n|\nc", "a|\nb|", "\n\n")]
    [InlineData("aab", "aaaab", "aa", "aab")]
    [InlineData("abcd,bc", "xabcd", "xa", "bc")]
    [InlineData("c,abc", "xabcd", "x", "abc")]
    [InlineData("abab,bb", "ab|abb", "|", "abab")]
    [InlineData("she,he,hers", "u|shers", "u|", "she")]
    [InlineData("", "abc|def", "abc|def", null)]
    [InlineData("😁", "a😀|b", "a😀|b", null)]
    public void Text_comes_out_as_soon_as_it_cannot_begin_a_stop_string(string stops, string deltas, string released, string? matched)
    {
        StopMatcher matcher = new(stops.Length == 0 ? [] : stops.Split(','));
        List<string> pieces = [];
        foreach (string delta in deltas.Split('|'))
        {
            if (matcher.Stopped) break;
            pieces.Add(matcher.Push(delta));
        }
        Assert.Equal(released, string.Join('|', pieces));
        Assert.Equal(matched, matcher.Matched);
    }

    [Fact]
    public void Flush_returns_what_was_held_back_once()
    {
        StopMatcher matcher = new(["stop"]);
        Assert.Equal("a ", matcher.Push("a sto"));
        Assert.Equal("sto", matcher.Flush());
        Assert.Equal("", matcher.Flush());
        Assert.Equal("p", matcher.Push("p"));
    }

    [Fact]
    public void Nothing_comes_out_after_a_stop()
    {
        StopMatcher matcher = new(["."]);
        Assert.Equal("a", matcher.Push("a.b"));
        Assert.Equal("", matcher.Push("c"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void The_result_is_the_first_completed_match_however_the_text_is_cut()
    {
        Gen<string> word = Gen.Elements('a', 'b').ArrayOf().Select(x => new string(x));
        Arbitrary<string[]> stops = word.Where(w => w.Length is > 0 and < 5).ArrayOf().ToArbitrary();
        Arbitrary<string[]> deltas = word.ArrayOf().ToArbitrary();
        Prop.ForAll(stops, deltas, (stopStrings, pieces) =>
        {
            StopMatcher matcher = new(stopStrings);
            string output = string.Concat(pieces.Select(matcher.Push)) + matcher.Flush();
            (string expected, string? match) = Search(string.Concat(pieces), stopStrings);
            return output == expected && matcher.Matched == match;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Skipped_text_counts_towards_stop_strings_that_end_behind_it()
    {
        StopMatcher matcher = new(["end", "dot"]);
        matcher.Skip("the end");
        matcher.Skip(" and e");
        Assert.Equal("", matcher.Push("n"));
        Assert.Equal("", matcher.Push("d, the"));
        Assert.Equal("end", matcher.Matched);

        StopMatcher other = new(["end", "dot"]);
        other.Skip("the end");
        Assert.Equal("otter", other.Push("otter"));
    }

    [Fact]
    public void Text_that_nearly_matches_over_and_over_takes_linear_time()
    {
        StopMatcher matcher = new([new string('a', 255) + "b"]);
        long released = 0;
        for (int i = 0; i < 2000; i++) released += matcher.Push(new string('a', 1000)).Length;
        Assert.Equal(2_000_000 - 255, released);
    }

    // The definition, read off: for each end, the longest stop string that ends there.
    private static (string Text, string? Match) Search(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? match = stops.Where(s => text[..end].EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length);
            if (match is not null) return (text[..(end - match.Length)], match);
        }
        return (text, null);
    }
}
