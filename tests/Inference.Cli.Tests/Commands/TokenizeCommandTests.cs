using System.Text.Json;

namespace Inference.Cli.Tests.Commands;

public sealed class TokenizeCommandTests
{
    [Fact]
    public async Task Every_line_gives_one_line_of_ascii_json()
    {
        var run = await CliRun.WithInput("\"the ring\"\n\"\\ud83d\\ude00 é\"\n", "tokenize", "--tokenizer", Samples.Model);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.All(run.Out, character => Assert.InRange(character, '\n', '~'));
        var lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal([314, 403], first.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal("the ring", first.RootElement.GetProperty("decoded").GetString()!.Trim());
    }

    [Fact]
    public async Task A_file_may_be_named_instead_of_its_folder()
    {
        var run = await CliRun.WithInput("\"a\"\n", "tokenize", "--tokenizer", Path.Combine(Samples.Model, "tokenizer.json"));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_line_that_is_no_json_string_is_named_by_its_number()
    {
        var run = await CliRun.WithInput("\"a\"\nb\n", "tokenize", "--tokenizer", Samples.Model);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("glassbox: line 2: a JSON string is needed here\n", run.Error);
    }
}
