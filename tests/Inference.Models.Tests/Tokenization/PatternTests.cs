using System.Text.Json;
using Inference.Models.Tokenization.Patterns;

namespace Inference.Models.Tests.Tokenization;

public class PatternTests
{
    private const string Alphabet = "aZé\u0301 \u00a0\t\n\r.,'sSſtTrReEvVlLdDmM09٣½Ⅷ_😀𝔘𐐀中\u200d";

    [Theory]
    [InlineData(Gpt2Pattern.Source)]
    [InlineData(WordPattern.Llama3Source)]
    [InlineData(WordPattern.Qwen2Source)]
    public void The_matchers_written_by_hand_agree_with_the_translated_patterns(string source)
    {
        var byHand = RegexPattern.Of(source);
        Assert.IsNotType<RegexPattern>(byHand);
        var translated = new RegexPattern(source);
        var runes = Alphabet.EnumerateRunes().ToArray();
        var random = new Random(3);
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => runes[random.Next(runes.Length)].ToString()));
            Assert.Equal(Cut(translated, text), Cut(byHand, text));
        }
    }

    // Written with escapes, so that a difference can be read.
    private static IEnumerable<string> Cut(Pattern pattern, string text)
    {
        var matches = new List<(int Start, int End)>();
        // Only the middle counts; nothing around it may be seen.
        var around = $"x {text} x";
        pattern.Find(around, 2, 2 + text.Length, matches);
        return matches.Select(match => JsonEncodedText.Encode(around[match.Start..match.End]).ToString());
    }
}
