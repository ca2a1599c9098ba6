using System.Text;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class TokenizeLinesTests
{
    private readonly Tokenizer _tokenizer = SmallTokenizer.Parse(
        postProcessor: """
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
            "special_tokens":{"<s>":{"id":"<s>","ids":[9],"tokens":["<s>"]}}}
            """,
        addedTokens: """
            [{"id":9,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
            {"id":10,"content":"é","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":false}]
            """);

    [Fact]
    public void Every_line_becomes_one_line_of_ascii_json()
    {
        Assert.Equal(
            """
            {"ids":[3,8,1],"ids_with_special":[9,3,8,1],"decoded":"ab a","decoded_skip":"ab a"}
            {"ids":[],"ids_with_special":[9],"decoded":"","decoded_skip":""}
            {"ids":[9,10],"ids_with_special":[9,9,10],"decoded":"\u003Cs\u003E\u00E9","decoded_skip":"\u00E9"}

            """.ReplaceLineEndings("\n"),
            Run("\"ab a\"\n \"\"  \r\n\"\\u003cs>\\u00e9\"\n"));
    }

    [Fact]
    public void A_lone_surrogate_counts_as_the_replacement_character() =>
        Assert.Equal(Run("\"a\\ufffdb\\ufffd\"\n"), Run("\"a\\ud83db\\ude00\"\n"));

    [Fact]
    public void An_escaped_pair_is_one_character() => Assert.Equal(Run("\"😀\""), Run("\"\\ud83d\\ude00\""));

    [Theory]
    [InlineData("ab")]
    [InlineData("")]
    [InlineData("\"a")]
    [InlineData("\"a\" \"b\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u 123\"")]
    [InlineData("\"\\\"")]
    [InlineData("[1]")]
    public void A_bad_line_is_named_by_its_number(string line)
    {
        var error = Assert.Throws<InvalidDataException>(() => Run("\"ok\"\n" + line + "\n"));
        Assert.StartsWith("line 2:", error.Message, StringComparison.Ordinal);
    }

    private string Run(string input)
    {
        using var output = new MemoryStream();
        TokenizeLines.Run(_tokenizer, new StringReader(input), output);
        return Encoding.ASCII.GetString(output.ToArray());
    }
}
