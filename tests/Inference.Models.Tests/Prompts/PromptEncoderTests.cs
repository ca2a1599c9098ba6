using Inference.Models.Prompts;

namespace Inference.Models.Tests.Prompts;

public sealed class PromptEncoderTests
{
    private const int Bos = 1, Image = 9;

    // One id per character, the image token where a template has <image>, BOS in front as a post-processor adds it.
    private sealed class CharacterTokenizer : IPromptTokenizer
    {
        public int? BosTokenId => Bos;

        public IReadOnlyList<int> Encode(IReadOnlyList<ChatSegment> segments)
        {
            List<int> ids = [Bos];
            foreach (ChatSegment segment in segments)
            {
                if (segment.Kind == SegmentKind.Image) ids.Add(Image);
                else if (segment.Kind == SegmentKind.Text) ids.AddRange(segment.Text.Select(c => (int)c));
                else ids.AddRange(segment.Text.Replace("<image>", $"{(char)Image}").Replace("<s>", $"{(char)Bos}").Select(c => (int)c));
            }
            return ids;
        }
    }

    private static readonly PromptEncoder Encoder = new(new CharacterTokenizer(), Image);

    [Fact]
    public void Each_image_takes_as_many_positions_as_it_has_rows()
    {
        EncodedPrompt prompt = Encoder.EncodeRaw("a<image>b<image>", [3, 2]);
        Assert.Equal([Bos, 'a', Image, Image, Image, 'b', Image, Image], prompt.InputIds);
        Assert.Equal([new ImageSpan(2, 3, 0), new ImageSpan(6, 2, 1)], prompt.Images);
        Assert.Equal((5, 3), (prompt.ImageTokens, prompt.TextTokens));
    }

    [Fact]
    public void A_conversation_is_written_in_its_format_and_its_images_follow_the_parts()
    {
        EncodedPrompt prompt = Encoder.Encode(ChatFormats.Mistral, [Message.UserWithImage("<image>?")], [4]);
        Assert.Equal([new ImageSpan(8, 4, 0)], prompt.Images);
        Assert.Equal("[INST] ", string.Concat(prompt.InputIds[1..8].Select(id => (char)id)));
        Assert.Equal("\n<image>? [/INST]", string.Concat(prompt.InputIds[12..].Select(id => (char)id)));
    }

    [Theory]
    [InlineData("<s>hi", new[] { Bos, 'h', 'i' })]
    [InlineData("hi", new[] { Bos, 'h', 'i' })]
    [InlineData("<s>", new[] { Bos })]
    [InlineData("", new[] { Bos })]
    public void The_beginning_of_text_comes_once(string prompt, int[] ids) => Assert.Equal(ids, Encoder.EncodeRaw(prompt, []).InputIds);

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
        EncodedPrompt prompt = Encoder.EncodeRaw("ab<image>", [5]);
        prompt.CheckContext(maxTokens: 2, maxPositions: 10);
        PromptException e = Assert.Throws<PromptException>(() => prompt.CheckContext(maxTokens: 3, maxPositions: 10));
        Assert.Equal((PromptError.ContextLength, "8 prompt tokens, 5 of them of images, and 3 tokens to generate", "10 positions in all"), (e.Error, e.Found, e.Allowed));
        Assert.Throws<PromptException>(() => prompt.CheckContext(int.MaxValue, 10));
    }
}
