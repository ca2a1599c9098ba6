using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class ReferencePipelineTests
{
    public static TheoryData<string> Pipelines { get; } = [.. ReferenceData.Pipelines];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Ids_are_those_of_the_reference(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        foreach (var expected in ReferenceData.Cases(pipeline))
        {
            Equal(expected.Ids, tokenizer.Encode(expected.Text, addSpecialTokens: false), expected.Text);
            Equal(expected.IdsWithSpecial, tokenizer.Encode(expected.Text, addSpecialTokens: true), expected.Text);
            // The first cases of llama2 were recorded without it.
            if (expected.Ordinary.Length > 0) Equal(expected.Ordinary, tokenizer.EncodeOrdinary(expected.Text), expected.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Decoded_text_is_that_of_the_reference(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        foreach (var expected in ReferenceData.Cases(pipeline))
        {
            Assert.Equal(expected.Decoded, tokenizer.Decode(expected.Ids, skipSpecialTokens: false));
            Assert.Equal(expected.DecodedSkip, tokenizer.Decode(expected.IdsWithSpecial, skipSpecialTokens: true));
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Random_ids_decode_and_stream_to_the_text_of_the_reference(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        foreach (var expected in ReferenceData.Decodes(pipeline))
        {
            Assert.Equal(expected.Kept, tokenizer.Decode(expected.Ids, skipSpecialTokens: false));
            Assert.Equal(expected.Skipped, tokenizer.Decode(expected.Ids, skipSpecialTokens: true));
            Assert.Equal(expected.Kept, Stream(tokenizer, expected.Ids, skipSpecialTokens: false));
            Assert.Equal(expected.Skipped, Stream(tokenizer, expected.Ids, skipSpecialTokens: true));
        }
    }

    internal static string Stream(Tokenizer tokenizer, IEnumerable<int> ids, bool skipSpecialTokens)
    {
        var decoder = tokenizer.DecodeStream(skipSpecialTokens);
        var parts = ids.Select(decoder.Append).ToList();
        parts.Add(decoder.Flush());
        Assert.All(parts, part => Assert.True(IsWellFormed(part), "half a surrogate pair was emitted"));
        return string.Concat(parts);
    }

    private static bool IsWellFormed(string text) =>
        !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
        || text.EnumerateRunes().Count(rune => rune.Value == 0xFFFD) == text.Count(unit => unit == '\uFFFD');

    private static void Equal(int[] expected, int[] actual, string text) =>
        Assert.True(expected.SequenceEqual(actual), $"'{text}': expected {string.Join(' ', expected)}, got {string.Join(' ', actual)}");
}
