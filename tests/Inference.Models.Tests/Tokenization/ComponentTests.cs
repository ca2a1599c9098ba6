using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class ComponentTests
{
    private static readonly JsonElement Data = JsonDocument.Parse(ReferenceData.Unpack("components.json.gz")).RootElement;

    public static TheoryData<string> Names { get; } =
        [.. Data.GetProperty("tokenizers").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    internal static IEnumerable<byte[]> Files() => Data.GetProperty("tokenizers").EnumerateArray().Select(FileOf);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_component_does_what_it_does_in_the_reference(string name)
    {
        var entry = Data.GetProperty("tokenizers").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        var tokenizer = Tokenizer.Parse(FileOf(entry), name);
        foreach (var expected in ReferenceData.Cases(entry))
        {
            Assert.Equal(expected.Ids, tokenizer.Encode(expected.Text, addSpecialTokens: false));
            Assert.Equal(expected.IdsWithSpecial, tokenizer.Encode(expected.Text, addSpecialTokens: true));
            Assert.Equal(expected.Ordinary, tokenizer.EncodeOrdinary(expected.Text));
            Assert.Equal(expected.Decoded, tokenizer.Decode(expected.Ids, skipSpecialTokens: false));
            Assert.Equal(expected.DecodedSkip, tokenizer.Decode(expected.IdsWithSpecial, skipSpecialTokens: true));
            Assert.Equal(expected.Decoded, ReferencePipelineTests.Stream(tokenizer, expected.Ids, skipSpecialTokens: false));
        }
    }

    // The vocabulary is kept once for all.
    private static byte[] FileOf(JsonElement entry)
    {
        var file = JsonNode.Parse(entry.GetProperty("tokenizer").GetRawText())!;
        file["model"]!["vocab"] = JsonNode.Parse(Data.GetProperty("vocab").GetRawText());
        file["model"]!["merges"] = JsonNode.Parse(Data.GetProperty("merges").GetRawText());
        return JsonSerializer.SerializeToUtf8Bytes(file);
    }
}
