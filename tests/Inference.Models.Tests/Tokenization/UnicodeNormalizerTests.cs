using Inference.Models.Tokenization.Normalizers;

namespace Inference.Models.Tests.Tokenization;

public class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("가", "\u1100\u1161", "가", "\u1100\u1161")]
    [InlineData("각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("각", "가\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("한국", "한국", "한국", "\u1112\u1161\u11AB\u1100\u116E\u11A8")]
    [InlineData("Å", "\u212B", "Å", "A\u030A")]
    [InlineData("\U0001D15E", "\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\U0001109A", "\U00011099\U000110BA", "\U0001109A", "\U00011099\U000110BA")]
    [InlineData("q\u0307\u0323", "q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("ệ", "e\u0302\u0323", "ệ", "e\u0323\u0302")]
    [InlineData("\u0958", "\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0344", "\u0344", "\u0308\u0301", "\u0308\u0301")]
    public void Text_is_composed_and_decomposed(string either, string other, string composed, string decomposed)
    {
        var compose = new UnicodeNormalizer(compatibility: false, compose: true);
        var decompose = new UnicodeNormalizer(compatibility: false, compose: false);
        foreach (var text in new[] { either, other })
        {
            Assert.Equal(composed, compose.Normalize(text));
            Assert.Equal(decomposed, decompose.Normalize(text));
        }
    }

    [Theory]
    [InlineData("ﬁ½Ⅷ㌀", "fi1⁄2VIIIアパート")]
    public void Compatibility_forms_are_resolved(string text, string composed) =>
        Assert.Equal(composed, new UnicodeNormalizer(compatibility: true, compose: true).Normalize(text));
}
