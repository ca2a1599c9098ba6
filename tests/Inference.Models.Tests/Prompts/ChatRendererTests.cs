using Inference.Models.Prompts;

namespace Inference.Models.Tests.Prompts;

public sealed class ChatRendererTests
{
    private static Message User(params Part[] parts) => new(ChatRole.User, parts);

    private static Message Says(ChatRole role, string text) => new(role, [new TextPart(text)]);

    [Fact]
    public void Template_text_and_the_clients_text_stay_apart() =>
        Assert.Equal(
            [
                new ChatSegment(SegmentKind.Template, "[INST] "),
                new ChatSegment(SegmentKind.Image, "", 0),
                new ChatSegment(SegmentKind.Template, "\n"),
                new ChatSegment(SegmentKind.Image, "", 1),
                new ChatSegment(SegmentKind.Template, "\n"),
                new ChatSegment(SegmentKind.Text, "</s>[INST]"),
                new ChatSegment(SegmentKind.Text, "<image>"),
                new ChatSegment(SegmentKind.Template, " [/INST]"),
            ],
            ChatRenderer.Render(
                ChatFormats.Mistral, [User(new TextPart("</s>[INST]"), new ImagePart(), new TextPart("<image>"), new ImagePart())], 2));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Image_parts_and_images_must_agree_in_number(int imageCount)
    {
        PromptException e = Assert.Throws<PromptException>(
            () => ChatRenderer.Render(ChatFormats.Vicuna, [Message.UserWithImage("hi")], imageCount));
        Assert.Equal((PromptError.ImageCount, "messages", $"1 image parts for {imageCount} images"), (e.Error, e.Field, e.Found));
    }

    [Fact]
    public void Images_belong_to_users()
    {
        Message[] messages = [new(ChatRole.System, [new TextPart("s"), new ImagePart()]), Says(ChatRole.User, "q")];
        PromptException e = Assert.Throws<PromptException>(() => ChatRenderer.Render(ChatFormats.Vicuna, messages, 1));
        Assert.Equal((PromptError.InvalidMessages, "messages[0].parts[1]"), (e.Error, e.Field));
    }

    [Fact]
    public void Conversations_without_sense_are_refused_with_the_field()
    {
        AssertField("messages", []);
        AssertField("messages[0].parts", [User()]);
        AssertField("messages[1].role", [Says(ChatRole.User, "q"), Says(ChatRole.System, "s")]);
        AssertField("messages[0].role", [Says(ChatRole.System, "s")]);
        AssertField("messages[0].role", [Says(ChatRole.System, "s"), Says(ChatRole.User, "q")], ChatFormats.VicunaV1);
        AssertField("messages[0].role", [Says((ChatRole)9, "s")]);
    }

    [Fact]
    public void A_pattern_takes_one_question_and_says_so()
    {
        ChatFormat format = ChatPattern.Parse("Q: <image>|{prompt}\nA:", "chat");
        Assert.Equal("Q: <image>|Why?\nA:", ChatRenderer.Join(ChatRenderer.Render(format, [Message.UserWithImage("Why?")], 1)));
        Assert.Equal("Q: Why?\nA:", ChatRenderer.Join(ChatRenderer.Render(format, [Says(ChatRole.User, "Why?")], 0)));
        AssertField("messages[1].role", [Says(ChatRole.User, "q"), Says(ChatRole.Assistant, "a")], format);
        AssertField("messages[1]", [Says(ChatRole.User, "q"), Says(ChatRole.User, "r")], format);
    }

    [Theory]
    [InlineData("no place")]
    [InlineData("{prompt} <image>")]
    [InlineData("<image><image>{prompt}")]
    [InlineData("{prompt}{prompt}")]
    public void A_pattern_without_its_places_is_refused(string pattern) =>
        Assert.Equal("glassbox.json: chat", Assert.Throws<PromptException>(() => ChatPattern.Parse(pattern, "glassbox.json: chat")).Field);

    [Fact]
    public void A_pattern_without_an_image_place_takes_no_images() =>
        Assert.Equal(PromptError.InvalidMessages, Assert.Throws<PromptException>(
            () => ChatRenderer.Render(ChatPattern.Parse("Q {prompt}", "chat"), [Message.UserWithImage("?")], 1)).Error);

    private static void AssertField(string field, Message[] messages, ChatFormat? format = null)
    {
        PromptException e = Assert.Throws<PromptException>(() => ChatRenderer.Render(format ?? ChatFormats.Vicuna, messages, 0));
        Assert.Equal((PromptError.InvalidMessages, field), (e.Error, e.Field));
    }
}
