using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class RoundTripProperties
{
    // Qwen2 normalises, which changes text, and Llama's decoder strips a space; these give back what they got.
    public static TheoryData<string> Lossless { get; } = ["llama3", "smollm2", "gemma", "gemma2", "tekken"];

    public static TheoryData<string> Pipelines { get; } = [.. ReferenceData.Pipelines];

    private static Arbitrary<string> Texts => Gen.Choose(0, 40)
        .SelectMany(length => Gen.ListOf(CodePoints, length))
        .Select(runes => string.Concat(runes.Select(value => new Rune(value).ToString())))
        .ToArbitrary();

    private static Gen<int> CodePoints => Gen.Frequency(
        (6, Gen.Choose(' ', '~')), (2, Gen.Elements(' ', '\n', '\t', '\r').Select(c => (int)c)), (2, Gen.Choose(0x80, 0x2FFF)),
        (1, Gen.Choose(0x3000, 0xD7FF)), (1, Gen.Choose(0xE000, 0xFFFF)), (2, Gen.Choose(0x10000, 0x10FFFF)));

    [Theory]
    [MemberData(nameof(Lossless))]
    public void Decoding_gives_back_the_text(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        Prop.ForAll(Texts, text => tokenizer.Decode(tokenizer.EncodeOrdinary(text), skipSpecialTokens: false)
            == (pipeline.StartsWith("gemma", StringComparison.Ordinal) ? text.Replace('▁', ' ') : text)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Streaming_gives_the_text_of_decoding(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        var ids = Gen.ListOf(Gen.Choose(-1, tokenizer.VocabularySize + 3)).ToArbitrary();
        Prop.ForAll(ids, list => tokenizer.Decode([.. list], skipSpecialTokens: true)
            == ReferencePipelineTests.Stream(tokenizer, list, skipSpecialTokens: true)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Ordinary_text_never_gives_a_special_token(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        var special = tokenizer.Tokens.Where(token => tokenizer.IsSpecial(token.Value) && token.Key != "<unk>").Select(token => token.Key)
            .ToArray();
        var texts = Gen.ListOf(Gen.OneOf(Gen.Elements(special), Texts.Generator)).Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text => !tokenizer.EncodeOrdinary(text).Any(id => tokenizer.IsSpecial(id) && tokenizer.TokenOf(id) != "<unk>"))
            .QuickCheckThrowOnFailure();
    }
}
