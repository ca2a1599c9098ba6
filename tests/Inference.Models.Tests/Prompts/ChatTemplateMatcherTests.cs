using Inference.Models.Prompts;
using Inference.Models.Prompts.Templates;

namespace Inference.Models.Tests.Prompts;

public sealed class ChatTemplateMatcherTests
{
    [Fact]
    public void Conversations_are_written_as_transformers_writes_them_with_the_template()
    {
        foreach (ChatTemplateCase c in ChatTemplateCase.Load())
        {
            ChatFormat? format = ChatTemplateMatcher.Match(c.Template);
            Assert.True(format is not null, $"the template of {c.Format} is not recognised: {TemplatePieces.Read(c.Template)}");
            Assert.Equal(c.Format, format.Name);
            Assert.Equal((c.Name, c.Rendered), (c.Name, ChatRenderer.Join(ChatRenderer.Render(format, c.Messages, c.ImageCount))));
        }
    }

    [Fact]
    public void A_named_format_writes_what_its_template_writes()
    {
        foreach (ChatFormat format in ChatFormats.All)
        {
            ChatFormat? matched = ChatTemplateCase.Load().Where(c => c.Format == format.Name)
                .Select(c => ChatTemplateMatcher.Match(c.Template)).FirstOrDefault(f => f == format);
            Assert.Equal(format, matched);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{{ messages }}")]
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.text }}{% endfor %}")]
    [InlineData(
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}<image>{{ m.text | trim }}{{ '<|im_end|>' }}{% endfor %}{{ "
            + "'<|im_start|>assistant\\n' }}")]
    [InlineData("{{ 'unclosed")]
    [InlineData("{% {{ '%}' }} {#")]
    public void Other_templates_are_not_recognised(string template) => Assert.Null(ChatTemplateMatcher.Match(template));

    [Fact]
    public void A_known_template_with_one_literal_changed_is_not_recognised()
    {
        foreach (ChatTemplateCase c in ChatTemplateCase.Load().DistinctBy(c => c.Template))
            Assert.Null(ChatTemplateMatcher.Match(c.Template.Replace("image>", "picture>", StringComparison.Ordinal)));
    }

    [Fact]
    public void Oversized_templates_and_many_open_braces_end_quickly()
    {
        Assert.Null(ChatTemplateMatcher.Match(new string(' ', ChatTemplateMatcher.MaxLength + 1)));
        Assert.Null(ChatTemplateMatcher.Match(string.Concat(Enumerable.Repeat("{{'", 20_000))));
        Assert.Null(ChatTemplateMatcher.Match("{{" + string.Concat(Enumerable.Repeat("a|", 30_000)) + "}}"));
    }

    [Theory]
    [InlineData("{{ 'a' + m['role'] + \"b\\n\" }}", "a{role}b\n")]
    [InlineData("x{{ bos_token }}{# note #}y", "x{bos}y")]
    [InlineData("{% if a %}\n  one\n{% else %}  two  {%- endif %}", "  one\n␞  two")]
    [InlineData("{{ m.role|upper }}{% set x = 1 %}{{ m['content'][0]['text'] }}", "{ROLE}␞{text}")]
    [InlineData("{{ m.content | trim }}", "{?}")]
    [InlineData("{{ '<\\s>' }}", "<\\s>")]
    public void Pieces_are_what_a_template_emits(string template, string pieces) => Assert.Equal(pieces, TemplatePieces.Read(template));
}
