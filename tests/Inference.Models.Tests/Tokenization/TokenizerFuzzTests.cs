using System.Diagnostics;
using System.Text;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class TokenizerFuzzTests
{
    private static readonly string[] Tokens =
    [
        "null", "true", "-1", "4294967296", "1e999", "\"\"", "\"\\ud800\"", "[]", "{}", "[[", "\"type\":", "\"Sequence\"", "\"Regex\"",
        "(?i:", "\\\\p{", "{1,", "[^", ",", "}", "]", "\"Split\"", "\"Metaspace\"", "\"normalized\":true", "\"content\":\"\"", "\u00e9",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_mutated_file_is_read_or_refused_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var corpus = ComponentTests.Files().ToList();
        var read = 0;
        var refused = 0;
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 400; round++)
        {
            try
            {
                var tokenizer = Tokenizer.Parse(Mutate(corpus[random.Next(corpus.Count)], random), "mutated.json");
                var ids = tokenizer.Encode("The <x>  ab, 1.23é😀\n", addSpecialTokens: true);
                tokenizer.Decode(ids, skipSpecialTokens: false);
                read++;
            }
            catch (TokenizerException)
            {
                refused++;
            }
        }
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused: the mutations are too weak or too strong");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_truncated_file_is_refused()
    {
        var file = ComponentTests.Files().First();
        for (var length = 0; length < file.Length; length += 97)
            Assert.Throws<TokenizerException>(() => Tokenizer.Parse(file.AsMemory(0, length), "cut.json"));
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            // The components stand in the first part of the file, the vocabulary behind them.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 600) : bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
            }
        }
        return [.. bytes];
    }
}
