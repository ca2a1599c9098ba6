using System.Diagnostics;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

/// <summary>A quadratic step anywhere would take minutes on these; the bound is far from both.</summary>
public class LongInputTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    public static TheoryData<string> Pipelines { get; } = ["mistral", "qwen2", "gemma2"];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_megabyte_of_one_thing_takes_a_moment(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        foreach (var unit in (string[])["a", "ab", " ", "\n ", ".", "7", "\u0301\u0316", "<", "<s>"])
        {
            var text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
            var watch = Stopwatch.StartNew();
            var ids = tokenizer.Encode(text, addSpecialTokens: false);
            var decoded = tokenizer.Decode(ids, skipSpecialTokens: false);
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Bound);
            // Normalising sorts the marks; their number stays.
            Assert.Equal(text.Length, decoded.Length);
        }
    }

    [Fact]
    public void A_hundred_thousand_added_tokens_and_protected_ranges_take_a_moment()
    {
        var tokenizer = ReferenceData.Tokenizer("qwen2");
        var segments = Enumerable.Range(0, 100_000)
            .Select(i => new PromptSegment("<|im_start|>", IsUserText: i % 2 == 0)).ToList();
        var watch = Stopwatch.StartNew();
        var ids = tokenizer.Encode(segments, addSpecialTokens: false);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Bound);
        Assert.Equal(50_000, ids.Count(tokenizer.IsSpecial));
    }
}
