using System.Text.Json;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;

namespace Inference.Models.Tests.Prompts;

public sealed class ChatFormatResolverTests
{
    private static readonly string Llama3 = Template("llama3"), Yi = Template("chatml-yi"), Mistral = Template("mistral"), Shapes = Template("vicuna-v1");

    [Fact]
    public void The_template_is_found_in_every_file_that_may_hold_it()
    {
        string json = JsonSerializer.Serialize(new Dictionary<string, string> { ["chat_template"] = Llama3 });
        string list = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["chat_template"] = new[] { new { name = "rag", template = Yi }, new { name = "default", template = Llama3 } },
        });
        Assert.Equal("llama3", Resolve(("chat_template.jinja", Llama3)).Name);
        Assert.Equal("llama3", Resolve(("chat_template.json", json)).Name);
        Assert.Equal("llama3", Resolve(("processor_config.json", json)).Name);
        Assert.Equal("llama3", Resolve(("tokenizer_config.json", json)).Name);
        Assert.Equal("llama3", Resolve(("tokenizer_config.json", list)).Name);
    }

    [Fact]
    public void The_processors_template_goes_before_the_tokenizers()
    {
        string json = JsonSerializer.Serialize(new Dictionary<string, string> { ["chat_template"] = Yi });
        Assert.Equal("llama3", Resolve(("chat_template.jinja", Llama3), ("tokenizer_config.json", json)).Name);
        Assert.Equal("chatml-yi", Resolve(("chat_template.jinja", Llama3), ("processor_config.json", json)).Name);
    }

    [Fact]
    public void Llava_next_takes_the_format_of_its_folders_template()
    {
        Assert.Equal("mistral", Resolve("llava_next", "mistral", ("chat_template.jinja", Mistral)).Name);
        Assert.Equal("chatml-yi", Resolve("llava_next", "llama", ("chat_template.jinja", Yi)).Name);
        Assert.Equal("llama3", Resolve("llava_next", "llama", ("chat_template.jinja", Llama3)).Name);
    }

    [Theory]
    [InlineData("llava", "llama", "vicuna")]
    [InlineData("llava", "qwen2", "chatml-interleave")]
    [InlineData("llava_next", "mistral", "mistral")]
    [InlineData("llava_next", "llama", "vicuna")]
    public void A_folder_without_a_template_goes_by_its_family(string modelType, string textModelType, string format) =>
        Assert.Equal(format, Resolve(modelType, textModelType).Name);

    [Fact]
    public void An_unknown_template_names_the_file_and_the_way_out()
    {
        PromptException e = Assert.Throws<PromptException>(() => Resolve(("chat_template.jinja", "{{ messages }}")));
        Assert.Equal((PromptError.UnknownChatTemplate, "chat_template.jinja"), (e.Error, e.Field));
        Assert.Contains("glassbox.json", e.Message, StringComparison.Ordinal);
        Assert.Contains("glassbox.json", Assert.Throws<PromptException>(() => Resolve("idefics3", "llama")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_profile_goes_before_the_template()
    {
        Assert.Equal("mistral", Resolve(("chat_template.jinja", "{{ messages }}"), ("glassbox.json", """{"chat": "mistral"}""")).Name);
        Assert.Equal("pattern", Resolve(("chat_template.jinja", Llama3), ("glassbox.json", """{"chat": "Q: {prompt}"}""")).Name);
    }

    [Fact]
    public void A_pattern_that_shows_the_templates_own_question_keeps_its_several_turns() =>
        Assert.Equal("vicuna-v1", Resolve(("chat_template.jinja", Shapes), ("glassbox.json", """{"chat": "USER: <image>\n{prompt} ASSISTANT:"}""")).Name);

    [Fact]
    public void Files_that_are_no_json_are_refused_by_name() =>
        Assert.Equal("chat_template.json", Assert.Throws<PromptException>(() => Resolve(("chat_template.json", "{"))).Field);

    private static ChatFormat Resolve(params (string, string)[] files) => Resolve("llava", "llama", files);

    private static ChatFormat Resolve(string modelType, string textModelType, params (string, string)[] files)
    {
        using ModelFolder folder = new(files);
        return ChatFormatResolver.Resolve(folder.Folder, ModelProfiles.Load(folder.Folder), modelType, textModelType);
    }

    private static string Template(string format) => ChatTemplateCase.Load().First(c => c.Format == format).Template;
}
