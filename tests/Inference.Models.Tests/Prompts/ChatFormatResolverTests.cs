using System.Text.Json;
using Inference.Models.Checkpoints;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Testing;

namespace Inference.Models.Tests.Prompts;

public sealed class ChatFormatResolverTests
{
    private static readonly string Llama3 = Template("llama3"), Yi = Template(
        "chatml-yi"), Mistral = Template("mistral"), Shapes = Template("vicuna-v1");

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
        Assert.Equal("mistral", Resolve(ModelFamily.LlavaNext, TextModelType.Mistral, ("chat_template.jinja", Mistral)).Name);
        Assert.Equal("chatml-yi", Resolve(ModelFamily.LlavaNext, TextModelType.Llama, ("chat_template.jinja", Yi)).Name);
        Assert.Equal("llama3", Resolve(ModelFamily.LlavaNext, TextModelType.Llama, ("chat_template.jinja", Llama3)).Name);
    }

    [Theory]
    [InlineData(ModelFamily.Llava, TextModelType.Llama, "vicuna")]
    [InlineData(ModelFamily.Llava, TextModelType.Mistral, "vicuna")]
    [InlineData(ModelFamily.Llava, TextModelType.Qwen2, "chatml-interleave")]
    [InlineData(ModelFamily.LlavaNext, TextModelType.Mistral, "mistral")]
    [InlineData(ModelFamily.LlavaNext, TextModelType.Llama, "vicuna")]
    public void A_folder_without_a_template_goes_by_its_family(ModelFamily family, TextModelType text, string format) =>
        Assert.Equal(format, Resolve(family, text).Name);

    [Fact]
    public void An_unknown_template_names_the_file_and_the_way_out()
    {
        PromptException e = Assert.Throws<PromptException>(() => Resolve(("chat_template.jinja", "{{ messages }}")));
        Assert.Equal((PromptError.UnknownChatTemplate, "chat_template.jinja"), (e.Error, e.Field));
        Assert.Contains("glassbox.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(
            "glassbox.json", Assert.Throws<PromptException>(() => Resolve(ModelFamily.TextOnly, TextModelType.Llama)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_profile_goes_before_the_template()
    {
        Assert.Equal("mistral", Resolve(("chat_template.jinja", "{{ messages }}"), ("glassbox.json", """{"chat": "mistral"}""")).Name);
        Assert.Equal("pattern", Resolve(("chat_template.jinja", Llama3), ("glassbox.json", """{"chat": "Q: {prompt}"}""")).Name);
    }

    [Fact]
    public void A_pattern_that_shows_the_templates_own_question_keeps_its_several_turns() =>
        Assert.Equal(
            "vicuna-v1",
            Resolve(("chat_template.jinja", Shapes), ("glassbox.json", """{"chat": "USER: <image>\n{prompt} ASSISTANT:"}""")).Name);

    [Fact]
    public void Files_that_are_no_json_are_refused_by_name() =>
        Assert.Equal("chat_template.json", Assert.Throws<PromptException>(() => Resolve(("chat_template.json", "{"))).Field);

    private static ChatFormat Resolve(params (string, string)[] files) => Resolve(ModelFamily.Llava, TextModelType.Llama, files);

    private static ChatFormat Resolve(ModelFamily family, TextModelType text, params (string, string)[] files)
    {
        using ModelFolder folder = new(files);
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Folder(Goldens.ClipLlama));
        ModelConfig config = checkpoint.Config with { Family = family, Text = checkpoint.Config.Text with { ModelType = text } };
        return ChatFormatResolver.Resolve(folder.Folder, ModelProfiles.Load(folder.Folder), config);
    }

    private static string Template(string format) => ChatTemplateCase.Load().First(c => c.Format == format).Template;
}
