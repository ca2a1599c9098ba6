using System.Text;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Regions;

namespace Inference.Models.Tests.Prompts;

public sealed class ModelProfileTests
{
    [Fact]
    public void A_folder_without_a_profile_asks_as_llava_was_trained()
    {
        using ModelFolder folder = new();
        ModelProfile profile = ModelProfiles.Load(folder.Folder);
        Assert.Equal(
            "Please provide a short description for this region: [0.32, 0.14, 0.51, 0.83].",
            profile.DescribePrompt("[0.32, 0.14, 0.51, 0.83]"));
        Assert.Equal(
            "Please provide the bounding box coordinate of the region this sentence describes: the {box} man.",
            profile.LocatePrompt("the {box} man"));
        Assert.Equal("[0.00, 0.25, 0.43, 1.00]", profile.Box.Write(new Box(0, 25, 43, 100), BoxMapping.Whole(100, 100)));
    }

    [Fact]
    public void The_bundled_models_profile_overrides_every_key()
    {
        const string Json = """
            {"chat": "USER: <image>\n{prompt} ASSISTANT:", "describe": "Refer to the region {box}.",
             "describe_in_detail": "Describe the region {box} in detail.", "locate": "Locate {phrase}.", "exists": "Is there {phrase} in the image?",
             "caption": "Describe the image.", "box": {"format": "[{x1},{y1},{x2},{y2}]", "space": "0..1", "decimals": 2, "max": 0.99}}
            """;
        using ModelFolder folder = new((ModelProfile.FileName, Json));
        ModelProfile profile = ModelProfiles.Load(folder.Folder);
        Assert.Equal("USER: <image>\n{prompt} ASSISTANT:", profile.Chat);
        Assert.Equal(
            "Describe the region [0.14,0.50,0.45,0.99] in detail.",
            profile.DescribePrompt(profile.Box.Write(new Box(14, 50, 45, 100), BoxMapping.Whole(100, 100)), inDetail: true));
        Assert.Equal(
            ("Locate it.", "Is there it in the image?", "Describe the image."),
            (profile.LocatePrompt("it"), profile.ExistsPrompt("it"), profile.Caption));
    }

    [Fact]
    public void A_key_that_is_absent_keeps_the_familys_value()
    {
        ModelProfile profile = Read("""{"caption": "What?", "box": {"decimals": 3}}""");
        Assert.Equal("What?", profile.Caption);
        Assert.Equal(ModelProfiles.Llava.Locate, profile.Locate);
        Assert.Equal((3, "[{x1}, {y1}, {x2}, {y2}]"), (profile.Box.Decimals, profile.Box.Template));
        Assert.Equal(1000, Read("""{"box": {"space": "0..1000", "decimals": 0}}""").Box.Max);
    }

    [Theory]
    [InlineData("[]", "glassbox.json")]
    [InlineData("{", "glassbox.json")]
    [InlineData("""{"chat": "a", "chat": "b"}""", "glassbox.json")]
    [InlineData("""{"colour": 1}""", "glassbox.json: colour")]
    [InlineData("""{"chat": 1}""", "glassbox.json: chat")]
    [InlineData("""{"describe": "no place"}""", "glassbox.json: describe")]
    [InlineData("""{"locate": "{box}"}""", "glassbox.json: locate")]
    [InlineData("""{"verify": "{phrase}"}""", "glassbox.json: verify")]
    [InlineData("""{"yes": "yes"}""", "glassbox.json: yes")]
    [InlineData("""{"no": []}""", "glassbox.json: no")]
    [InlineData("""{"no": [""]}""", "glassbox.json: no")]
    [InlineData("""{"claims": {}}""", "glassbox.json: claims")]
    [InlineData("""{"claims": ["a"]}""", "glassbox.json: claims[0]")]
    [InlineData("""{"claims": [{"find": "a", "is": "b"}]}""", "glassbox.json: claims[0].is")]
    [InlineData("""{"claims": [{"phrase": "b"}]}""", "glassbox.json: claims[0].find")]
    [InlineData("""{"claims": [{"find": "("}]}""", "glassbox.json: claims[0].find")]
    [InlineData("""{"claims": [{"find": "(a)\\1"}]}""", "glassbox.json: claims[0].find")]
    [InlineData("""{"box": []}""", "glassbox.json: box")]
    [InlineData("""{"box": {"size": 1}}""", "glassbox.json: box.size")]
    [InlineData("""{"box": {"space": "inches"}}""", "glassbox.json: box.space")]
    [InlineData("""{"box": {"decimals": 9}}""", "glassbox.json: box.decimals")]
    [InlineData("""{"box": {"decimals": "2"}}""", "glassbox.json: box.decimals")]
    [InlineData("""{"box": {"decimals": 1.5}}""", "glassbox.json: box.decimals")]
    [InlineData("""{"box": {"max": 1.5}}""", "glassbox.json: box.max")]
    [InlineData("""{"box": {"max": 0}}""", "glassbox.json: box.max")]
    [InlineData("""{"box": {"format": "[{x1},{y1},{x2}]"}}""", "glassbox.json: box.format")]
    [InlineData("""{"box": {"format": "{x1}{y1},{x2},{y2}"}}""", "glassbox.json: box.format")]
    [InlineData("""{"box": {"format": "{x1},{y1},{x2},{y2},{x1}"}}""", "glassbox.json: box.format")]
    public void What_cannot_be_used_is_refused_by_file_and_key(string json, string field)
    {
        PromptException e = Assert.Throws<PromptException>(() => Read(json));
        Assert.Equal((PromptError.InvalidProfile, field), (e.Error, e.Field));
    }

    [Fact]
    public void Unknown_keys_come_with_the_list_of_known_ones() =>
        Assert.Contains(
            "chat, describe, describe_in_detail, locate, exists, verify, yes, no, claims, caption, box",
            Assert.Throws<PromptException>(() => Read("""{"x": 1}""")).Allowed, StringComparison.Ordinal);

    [Fact]
    public void A_file_beyond_the_cap_is_not_read()
    {
        using ModelFolder folder = new((ModelProfile.FileName, new string(' ', ModelProfileReader.MaxBytes + 1)));
        Assert.Equal("glassbox.json", Assert.Throws<PromptException>(() => ModelProfiles.Load(folder.Folder)).Field);
    }

    private static ModelProfile Read(string json) => ModelProfileReader.Read(Encoding.UTF8.GetBytes(json), ModelProfiles.Llava);
}
