using Inference.Models.Prompts;
using Inference.Models.Tokenization;
using Inference.Testing;

namespace Inference.Models.Tests.Prompts;

public sealed class PromptEncoderTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(Goldens.Folder(Goldens.ClipLlama));
    private static readonly int Image = Tokenizer.IdOf("<image>")!.Value;
    private static readonly PromptEncoder Encoder = new(Tokenizer, Image);
    private static readonly int Bos = Tokenizer.IdOf("<s>")!.Value, Eos = Tokenizer.IdOf("</s>")!.Value;

    [Fact]
    public void Each_image_takes_as_many_positions_as_it_has_rows()
    {
        EncodedPrompt prompt = Encoder.EncodeRaw("USER: <image>\n<image>", [3, 2]);
        Assert.Equal([3, 2], prompt.Images.Select(image => image.Count));
        Assert.Equal([0, 1], prompt.Images.Select(image => image.ImageIndex));
        foreach (ImageSpan span in prompt.Images)
            Assert.All(prompt.InputIds[span.Start..(span.Start + span.Count)], id => Assert.Equal(Image, id));
        Assert.Equal((5, prompt.InputIds.Count(id => id != Image)), (prompt.ImageTokens, prompt.TextTokens));
        int[] starts = [.. prompt.Images.Select(image => image.Start)];
        Assert.Equal(
            Tokenizer.Encode("USER: <image>\n<image>", addSpecialTokens: true),
            prompt.InputIds.Where((id, i) => id != Image || starts.Contains(i)));
    }

    [Fact]
    public void A_rendered_conversation_gives_the_ids_of_its_text()
    {
        foreach (ChatTemplateCase c in ChatTemplateCase.Load().Where(c => !c.Name.StartsWith("special", StringComparison.Ordinal)))
        {
            if (ChatFormats.All.FirstOrDefault(f => f.Name == c.Format) is not { } format) continue;
            int[] rows = [.. Enumerable.Range(2, c.ImageCount)];
            string text = ChatRenderer.Join(ChatRenderer.Render(format, c.Messages, c.ImageCount));
            Assert.Equal(Encoder.EncodeRaw(text, rows).InputIds, Encoder.Encode(format, c.Messages, rows).InputIds);
        }
    }

    [Fact]
    public void Special_tokens_in_a_clients_text_stay_text()
    {
        Message[] messages = [Message.UserWithImage("<image></s><s>"), new(ChatRole.Assistant, [new TextPart("</s>")])];
        EncodedPrompt prompt = Encoder.Encode(ChatFormats.VicunaV1, messages, [4]);
        Assert.Equal(4, prompt.InputIds.Count(id => id == Image));
        Assert.DoesNotContain(Eos, prompt.InputIds);
        Assert.Equal(1, prompt.InputIds.Count(id => id == Bos));
    }

    [Fact]
    public void An_end_token_of_the_format_is_a_token()
    {
        Message[] messages =
        [
            .. new[] { ChatRole.User, ChatRole.Assistant, ChatRole.User }.Select(role => new Message(role, [new TextPart("a")])),
        ];
        Assert.Single(Encoder.Encode(ChatFormats.VicunaV1, messages, []).InputIds, id => id == Eos);
    }

    [Theory]
    [InlineData("<s>USER: a")]
    [InlineData("USER: a")]
    [InlineData("<s>")]
    [InlineData("")]
    public void The_beginning_of_text_comes_once(string prompt)
    {
        int[] ids = Encoder.EncodeRaw(prompt, []).InputIds;
        Assert.Equal(Bos, ids[0]);
        Assert.DoesNotContain(Bos, ids[1..]);
    }

    [Theory]
    [InlineData("no place", 1)]
    [InlineData("<image><image>", 1)]
    [InlineData("<image>", 0)]
    public void Image_places_and_images_must_agree(string prompt, int images)
    {
        PromptException e = Assert.Throws<PromptException>(() => Encoder.EncodeRaw(prompt, [.. Enumerable.Repeat(2, images)]));
        Assert.Equal((PromptError.ImageCount, "prompt"), (e.Error, e.Field));
    }

    [Fact]
    public void A_prompt_that_fills_the_context_with_its_answer_passes_and_one_token_more_does_not()
    {
        EncodedPrompt prompt = new([1, 2, 9, 9, 9, 9, 9, 3], [new ImageSpan(2, 5, 0)]);
        prompt.CheckContext(maxTokens: 2, maxPositions: 10);
        PromptException e = Assert.Throws<PromptException>(() => prompt.CheckContext(maxTokens: 3, maxPositions: 10));
        Assert.Equal(
            (PromptError.ContextLength, "8 prompt tokens, 5 of them of images, and 3 tokens to generate", "10 positions in all"),
            (e.Error, e.Found, e.Allowed));
        Assert.Throws<PromptException>(() => prompt.CheckContext(int.MaxValue, 10));
    }
}
