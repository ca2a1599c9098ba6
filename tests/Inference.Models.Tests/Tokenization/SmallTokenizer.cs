using System.Text;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

/// <summary>A tokenizer over nine characters, with parts of the file given by a test.</summary>
internal static class SmallTokenizer
{
    public const string Model = """
        {"type":"BPE","vocab":{"<unk>":0,"a":1,"b":2,"ab":3,"_":4,"<":5,">":6,"x":7," ":8},"merges":["a b"],"unk_token":"<unk>"}
        """;

    public static string Json(
        string model = Model,
        string normalizer = "null",
        string preTokenizer = "null",
        string postProcessor = "null",
        string decoder = """{"type":"Fuse"}""",
        string addedTokens = "[]") =>
        $$"""
        {"version":"1.0","added_tokens":{{addedTokens}},"normalizer":{{normalizer}},"pre_tokenizer":{{preTokenizer}},
        "post_processor":{{postProcessor}},"decoder":{{decoder}},"model":{{model}}}
        """;

    public static Tokenizer Parse(
        string model = Model,
        string normalizer = "null",
        string preTokenizer = "null",
        string postProcessor = "null",
        string decoder = """{"type":"Fuse"}""",
        string addedTokens = "[]") =>
        Tokenizer.Parse(Encoding.UTF8.GetBytes(Json(model, normalizer, preTokenizer, postProcessor, decoder, addedTokens)), "small.json");
}
