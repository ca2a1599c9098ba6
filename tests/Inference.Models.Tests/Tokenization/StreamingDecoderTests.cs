using Inference.Models.Tokenization;

namespace Inference.Models.Tests.Tokenization;

public class StreamingDecoderTests
{
    private readonly Tokenizer _fallback = ReferenceData.Tokenizer("mistral");
    private readonly Tokenizer _byteLevel = ReferenceData.Tokenizer("qwen2");

    [Fact]
    public void A_character_of_several_byte_tokens_comes_out_whole()
    {
        var decoder = _byteLevel.DecodeStream(skipSpecialTokens: true);
        var ids = _byteLevel.Encode("\u0BB9", addSpecialTokens: false);
        Assert.Equal(3, ids.Length);
        Assert.Equal(["", "", "\u0BB9", ""], [.. ids.Select(decoder.Append), decoder.Flush()]);
    }

    [Fact]
    public void Bytes_that_never_become_a_character_come_out_at_the_end()
    {
        var decoder = _byteLevel.DecodeStream(skipSpecialTokens: true);
        var ids = _byteLevel.Encode("\u0BB9", addSpecialTokens: false);
        Assert.Equal(["", "", "\uFFFD"], [decoder.Append(ids[0]), decoder.Append(ids[1]), decoder.Flush()]);
    }

    [Fact]
    public void A_byte_level_error_comes_out_as_soon_as_it_is_certain()
    {
        var decoder = _byteLevel.DecodeStream(skipSpecialTokens: true);
        var ids = _byteLevel.Encode("\u0BB9", addSpecialTokens: false);
        Assert.Equal(["", "\uFFFDa"], [decoder.Append(ids[0]), decoder.Append(_byteLevel.IdOf("a")!.Value)]);
    }

    [Fact]
    public void A_run_of_fallback_bytes_waits_for_its_end_because_one_bad_byte_spoils_all_of_it()
    {
        var decoder = _fallback.DecodeStream(skipSpecialTokens: true);
        var parts = new[] { Byte(0xC3), Byte(0xA9), Byte(0x0A), Id("▁a") }.Select(decoder.Append);
        Assert.Equal(["", "", "", "é\n a"], parts);
    }

    [Fact]
    public void An_invalid_run_becomes_one_replacement_per_byte_at_once()
    {
        var decoder = _fallback.DecodeStream(skipSpecialTokens: true);
        Assert.Equal("", decoder.Append(Byte(0xC3)));
        Assert.Equal("", decoder.Append(Byte(0xA9)));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", decoder.Append(Byte(0xFF)));
        Assert.Equal("\uFFFD", decoder.Append(Byte(0x41)));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void The_first_space_is_stripped_once()
    {
        var decoder = _fallback.DecodeStream(skipSpecialTokens: true);
        Assert.Equal(["a", " a", ""], [decoder.Append(Id("▁a")), decoder.Append(Id("▁a")), decoder.Flush()]);
    }

    [Fact]
    public void Ids_without_a_token_add_nothing()
    {
        var decoder = _fallback.DecodeStream(skipSpecialTokens: false);
        Assert.Equal(["", "", "a"], [decoder.Append(1_000_000), decoder.Append(-1), decoder.Append(Id("▁a"))]);
    }

    [Fact]
    public void Special_tokens_are_skipped_or_kept_as_asked()
    {
        var bos = Id("<s>");
        Assert.Equal("", _fallback.DecodeStream(skipSpecialTokens: true).Append(bos));
        Assert.Equal("<s>", _fallback.DecodeStream(skipSpecialTokens: false).Append(bos));
    }

    [Fact]
    public void Byte_tokens_are_text_even_where_the_file_calls_them_special()
    {
        var tokenizer = SmallTokenizer.Parse(
            decoder: """{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}""",
            addedTokens: """[{"id":9,"content":"<0x0A>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}]""");
        var id = tokenizer.IdOf("<0x0A>")!.Value;
        Assert.True(tokenizer.IsSpecial(id));
        var decoder = tokenizer.DecodeStream(skipSpecialTokens: true);
        Assert.Equal("\n", decoder.Append(id) + decoder.Flush());
    }

    [Fact]
    public void A_finished_stream_takes_no_more_tokens()
    {
        var decoder = _fallback.DecodeStream(skipSpecialTokens: true);
        decoder.Flush();
        Assert.Equal("", decoder.Flush());
        Assert.Throws<ObjectDisposedException>(() => decoder.Append(5));
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    public void A_token_costs_little_more_than_its_string(string pipeline)
    {
        var tokenizer = ReferenceData.Tokenizer(pipeline);
        var ids = tokenizer.Encode(string.Concat(Enumerable.Repeat("the quick brown fox ", 500)), addSpecialTokens: false);
        var decoder = tokenizer.DecodeStream(skipSpecialTokens: true);
        foreach (var id in ids) decoder.Append(id);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var id in ids) decoder.Append(id);
        var perToken = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / ids.Length;
        Assert.InRange(perToken, 0, 64);
    }

    private int Id(string token) => _fallback.IdOf(token)!.Value;

    private int Byte(byte value) => Id($"<0x{value:X2}>");
}
