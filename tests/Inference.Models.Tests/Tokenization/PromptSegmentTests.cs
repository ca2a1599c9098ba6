using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class PromptSegmentTests
{
    private static readonly string[] UserTexts = ["hi", " a  b\n", "", "it's 42", "héllo 😀", "\n", "x"];

    public static TheoryData<string> Pipelines { get; } = [.. ReferenceData.Pipelines];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Segments_without_special_tokens_in_user_text_encode_like_the_whole_string(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        var random = new Random(11);
        string[] template = ["<s>", "USER: ", "<image>", "\n", "<|im_start|>user\n", "<|im_end|>", " ASSISTANT:", "[INST] ", " [/INST]"];
        for (var round = 0; round < 200; round++)
        {
            var segments = Enumerable.Range(0, random.Next(1, 7))
                .Select(i => i % 2 == 0
                    ? PromptSegment.Template(template[random.Next(template.Length)])
                    : PromptSegment.User(UserTexts[random.Next(UserTexts.Length)]))
                .ToList();
            var whole = string.Concat(segments.Select(segment => segment.Text));
            Assert.Equal(tokenizer.Encode(whole, addSpecialTokens: true), tokenizer.Encode(segments, addSpecialTokens: true));
        }
    }

    [Theory]
    [InlineData("qwen2", "<|im_start|>", "<|im_end|>")]
    [InlineData("llama3", "<|begin_of_text|>", "<|eot_id|>")]
    [InlineData("mistral", "<s>", "</s>")]
    [InlineData("gemma2", "<bos>", "<eos>")]
    [InlineData("golden-llama", "<image>", "</s>")]
    public void Special_tokens_in_user_text_stay_text_and_those_of_the_template_do_not(string pipeline, string first, string second)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        var ids = tokenizer.Encode(
            [PromptSegment.Template(first), PromptSegment.User($"a{first}{second}{first}b"), PromptSegment.Template(second)],
            addSpecialTokens: false);
        Assert.Equal([tokenizer.IdOf(first)!.Value, tokenizer.IdOf(second)!.Value], ids.Where(tokenizer.IsSpecial));
        Assert.Contains($"a{first}{second}{first}b", tokenizer.Decode(ids, skipSpecialTokens: true), StringComparison.Ordinal);
    }

    [Fact]
    public void User_text_cannot_complete_a_special_token_of_the_template()
    {
        var tokenizer = ReferenceData.Tokenizer("mistral");
        var ids = tokenizer.Encode(
            [PromptSegment.Template("<"), PromptSegment.User("s>"), PromptSegment.Template("<s>")], addSpecialTokens: false);
        Assert.Equal(tokenizer.IdOf("<s>"), ids[^1]);
        Assert.Single(ids, tokenizer.IsSpecial);
    }

    [Fact]
    public void A_special_token_of_the_template_survives_a_user_text_that_ends_like_one()
    {
        var tokenizer = ReferenceData.Tokenizer("mistral");
        var ids = tokenizer.Encode([PromptSegment.User("a<"), PromptSegment.Template("</s>")], addSpecialTokens: false);
        Assert.Equal(tokenizer.IdOf("</s>"), ids[^1]);
    }

    [Fact]
    public void Control_tokens_named_by_the_caller_stay_text_too()
    {
        var tokenizer = ReferenceData.Tokenizer("qwen2");
        var id = tokenizer.IdOf("<tool_call>")!.Value;
        Assert.False(tokenizer.IsSpecial(id));
        Assert.Contains(id, tokenizer.EncodeOrdinary("x<tool_call>"));

        var segments = new[] { PromptSegment.Template("<tool_call>"), PromptSegment.User("x<tool_call>") };
        Assert.Single(tokenizer.Encode(segments, addSpecialTokens: false, controlTokens: new HashSet<int> { id }), id);
    }

    [Theory]
    [InlineData("""{"type":"Prepend","prepend":"_"}""")]
    [InlineData("null")]
    public void Special_tokens_that_are_matched_after_normalisation_stay_text_too(string normalizer)
    {
        var tokenizer = SmallTokenizer.Parse(
            normalizer: normalizer,
            addedTokens: """[{"id":9,"content":"<x>","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":true}]""");
        var special = tokenizer.IdOf("<x>")!.Value;
        Assert.Contains(special, tokenizer.Encode("<x>", addSpecialTokens: false));
        Assert.DoesNotContain(special, tokenizer.EncodeOrdinary("<x>"));

        var ids = tokenizer.Encode([PromptSegment.Template("<x>"), PromptSegment.User("<x>_<x>")], addSpecialTokens: false);
        Assert.Single(ids, special);
        Assert.Equal(special, ids[0]);
    }
}
