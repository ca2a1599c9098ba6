using System.Text;
using Inference.Models.Tokenization;
using Inference.Models.Tests.Checkpoints;

namespace Inference.Models.Tests.Tokenization;

public class MalformedTokenizerTests
{
    public static TheoryData<string, string, string> Malformed { get; } = new()
    {
        { "", "$", "this is not JSON" },
        { "[1,2", "$", "this is not JSON" },
        { "[]", "$", "an object is needed here, found an array" },
        { "{}", "$", "'model' is missing" },
        { """{"version":"2.0"}""", "$.version", "version '2.0' is not supported" },
        { """{"version":"\ud800"}""", "$", "not valid Unicode" },
        { Json(model: """{"type":"Unigram","vocab":[]}"""), "$.model.type", "the model 'Unigram' is not supported" },
        { Json(model: """{"type":"BPE","merges":[]}"""), "$.model", "'vocab' is missing" },
        { Json(model: """{"vocab":{"a":-1},"merges":[]}"""), "$.model.vocab['a']", "a whole number from 0" },
        { Json(model: """{"vocab":{"a":1e30},"merges":[]}"""), "$.model.vocab['a']", "a whole number from 0" },
        { Json(model: """{"vocab":{"a":1,"b":1},"merges":[]}"""), "$.model.vocab['b']", "there twice" },
        { Json(model: """{"vocab":{"a":1,"b":2},"merges":["a b"]}"""), "$.model.merges[0]", "'ab' is not in the vocabulary" },
        { Json(model: """{"vocab":{"a":1,"aa":2},"merges":["a a",["a"]]}"""), "$.model.merges[1]", "two tokens are needed" },
        { Json(model: """{"vocab":{"a":1,"aa":2},"merges":["a  a"]}"""), "$.model.merges[0]", "one space" },
        { Json(model: """{"vocab":{},"merges":[],"dropout":0.1}"""), "$.model.dropout", "dropout" },
        { Json(model: """{"vocab":{},"merges":[],"end_of_word_suffix":"</w>"}"""), "$.model.end_of_word_suffix", "'</w>' is not supported" },
        { Json(model: """{"vocab":{},"merges":[],"continuing_subword_prefix":"##"}"""), "$.model.continuing_subword_prefix", "'##'" },
        { Json(normalizer: """{"type":"Precompiled"}"""), "$.normalizer.type", "the normalizer 'Precompiled' is not supported" },
        { Json(preTokenizer: """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"UnicodeScripts"}]}"""),
            "$.pre_tokenizer.pretokenizers[1].type", "the pre-tokenizer 'UnicodeScripts' is not supported" },
        { Json(postProcessor: """{"type":"Odd"}"""), "$.post_processor.type", "the post-processor 'Odd' is not supported" },
        { Json(decoder: """{"type":"CTC"}"""), "$.decoder.type", "the decoder 'CTC' is not supported" },
        { Json(preTokenizer: Split("""{"Regex":"(a)\\1"}""")), "$.pre_tokenizer.pattern.Regex", @"the escape '\1' is not supported" },
        { Json(preTokenizer: Split("""{"Regex":"\\p{Han}"}""")), "$.pre_tokenizer.pattern.Regex", @"the property '\p{Han}' is not supported" },
        { Json(preTokenizer: Split("""{"Regex":"(a"}""")), "$.pre_tokenizer.pattern.Regex", "')' is missing" },
        { Json(preTokenizer: Split("""{"Regex":"a)"}""")), "$.pre_tokenizer.pattern.Regex", "')' closes nothing" },
        { Json(preTokenizer: Split("""{"Regex":"[[:alpha:]]"}""")), "$.pre_tokenizer.pattern.Regex", "POSIX" },
        { Json(preTokenizer: Split("""{"Regex":"[b-a]"}""")), "$.pre_tokenizer.pattern.Regex", "backwards" },
        { Json(preTokenizer: Split("""{"Regex":"a{9999}"}""")), "$.pre_tokenizer.pattern.Regex", "interval" },
        { Json(preTokenizer: Split("""{"String":""}""")), "$.pre_tokenizer.pattern.String", "must not be empty" },
        { Json(preTokenizer: Split("{}")), "$.pre_tokenizer.pattern", "needs 'String' or 'Regex'" },
        { Json(preTokenizer: """{"type":"Split","pattern":{"String":"a"},"behavior":"Odd","invert":false}"""),
            "$.pre_tokenizer.behavior", "the behavior 'Odd' is not supported" },
        { Json(preTokenizer: """{"type":"Metaspace","replacement":"ab"}"""), "$.pre_tokenizer.replacement", "a single character" },
        { Json(preTokenizer: """{"type":"Metaspace","replacement":"_","add_prefix_space":false,"prepend_scheme":"first"}"""),
            "$.pre_tokenizer", "contradicts prepend_scheme" },
        { Json(postProcessor: """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}}]}"""),
            "$.post_processor.single[0].SpecialToken.id", "special_tokens does not have '<s>'" },
        { Json(postProcessor: """{"type":"TemplateProcessing","single":[]}"""), "$.post_processor.single", "sequence A once" },
        { Json(addedTokens: """[{"id":1}]"""), "$.added_tokens[0]", "'content' is missing" },
        { Json(addedTokens: """[{"id":1,"content":"x","normalized":3}]"""), "$.added_tokens[0].normalized", "true or false is needed "
            + "here, found 3" },
        { Json(addedTokens: $$"""[{"id":1,"content":"{{new string('x', 2000)}}"}]"""), "$.added_tokens[0].content", "at most 1024" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_file_is_refused_with_its_name_the_place_and_the_reason(string json, string place, string reason)
    {
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json), "odd.json"));
        Assert.Equal("odd.json", error.File);
        Assert.Equal(place, error.JsonPath);
        Assert.StartsWith($"odd.json: {place}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(Path.GetTempPath(), $"no-{Guid.NewGuid():N}.json");
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.Load(path));
        Assert.Equal($"{path}: there is no such file", error.Message);
    }

    [Fact]
    public void A_folder_with_the_SentencePiece_model_alone_says_how_to_get_the_file()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.model", "");
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains("there is no such file; tokenizer.model is not read: AutoTokenizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_Git_LFS_did_not_fetch_says_so()
    {
        var pointer = Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.Parse(pointer, "odd.json"));
        Assert.StartsWith("odd.json: a Git LFS pointer found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_over_the_cap_is_refused_before_it_is_read()
    {
        var path = Path.Combine(Path.GetTempPath(), $"huge-{Guid.NewGuid():N}.json");
        try
        {
            using (var file = File.Create(path)) file.SetLength(1L << 32);
            Assert.Contains("at most", Assert.Throws<TokenizerException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_missing_unknown_token_is_an_error_only_once_a_text_needs_it()
    {
        var tokenizer = SmallTokenizer.Parse(model: """{"vocab":{"a":0},"merges":[],"unk_token":"<unk>"}""");
        Assert.Equal([0], tokenizer.Encode("a", addSpecialTokens: false));
        Assert.Equal("$.model.unk_token", Assert.Throws<TokenizerException>(() => tokenizer.Encode("b", addSpecialTokens: false)).JsonPath);
    }

    private static string Json(
        string model = SmallTokenizer.Model,
        string normalizer = "null",
        string preTokenizer = "null",
        string postProcessor = "null",
        string decoder = "null",
        string addedTokens = "[]") => SmallTokenizer.Json(model, normalizer, preTokenizer, postProcessor, decoder, addedTokens);

    private static string Split(string pattern) => $$"""{"type":"Split","pattern":{{pattern}},"behavior":"Isolated","invert":false}""";
}
