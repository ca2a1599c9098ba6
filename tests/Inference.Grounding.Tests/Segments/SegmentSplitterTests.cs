using Inference.Grounding.Segments;

namespace Inference.Grounding.Tests.Segments;

public sealed class SegmentSplitterTests
{
    [Theory]
    [InlineData("A cat. A dog!", new[] { "A cat.", " A dog!" })]
    [InlineData("It is 3.5 m tall. So?", new[] { "It is 3.5 m tall.", " So?" })]
    [InlineData("Mr. Smith, e.g. J. Smith, sits. He", new[] { "Mr. Smith, e.g. J. Smith, sits.", " He" })]
    [InlineData("He said \"Stop!\" Then left.", new[] { "He said \"Stop!\"", " Then left." })]
    [InlineData("1. A cat\n2. A dog\n", new[] { "1. A cat\n", "2. A dog\n" })]
    [InlineData("Wait... what?! Yes.", new[] { "Wait...", " what?!", " Yes." })]
    [InlineData("猫。犬がいる。", new[] { "猫。", "犬がいる。" })]
    [InlineData("It was I. Then it ended", new[] { "It was I.", " Then it ended" })]
    [InlineData("no end at all", new[] { "no end at all" })]
    [InlineData("... !", new string[0])]
    [InlineData("", new string[0])]
    public void Sentences(string text, string[] expected) => Assert.Equal(expected, Split(text, SegmentUnit.Sentence));

    [Theory]
    [InlineData("there are a small ring, a red star and a cross", new[] { "there are a small ring,", " a red star and", " a cross" })]
    [InlineData("a ring, and a star; done.", new[] { "a ring,", " and a star;", " done." })]
    [InlineData("sand and 1,000 stones", new[] { "sand and", " 1,000 stones" })]
    [InlineData("and a ring", new[] { "and a ring" })]
    public void Clauses(string text, string[] expected) => Assert.Equal(expected, Split(text, SegmentUnit.Clause));

    [Theory]
    [InlineData(SegmentUnit.Sentence)]
    [InlineData(SegmentUnit.Clause)]
    public void A_text_under_way_is_cut_where_the_whole_is(SegmentUnit unit)
    {
        const string text = "Mr. A has 2.5 kg, 3 rings and a \"star.\" It is red... and big! 1. one\nand two";
        List<int> whole = [.. SegmentSplitter.Split(text, unit).Select(segment => segment.Start + segment.Length)];
        List<int> growing = [];
        var start = 0;
        for (var length = 1; length <= text.Length; length++)
        {
            if (SegmentSplitter.FindEnd(text[..length], start, unit) is { } end)
            {
                growing.Add(end);
                start = end;
            }
        }

        Assert.Equal(whole[..^1], growing);
    }

    private static string[] Split(string text, SegmentUnit unit) =>
        [.. SegmentSplitter.Split(text, unit).Select(segment => text.Substring(segment.Start, segment.Length))];
}
