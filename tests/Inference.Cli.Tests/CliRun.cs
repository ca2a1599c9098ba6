using System.Text;
using System.Text.Json;
using Inference.Cli.Output;

namespace Inference.Cli.Tests;

/// <summary>What one call of the command line gave.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Calls the command line in this process.</summary>
    public static async Task<CliRun> Of(params string[] args) => await WithInput("", args);

    /// <summary>The same, with standard input.</summary>
    public static async Task<CliRun> WithInput(string input, params string[] args)
    {
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var exitCode = await CommandLine.InvokeAsync(args, new Terminal(stdin, stdout, stderr));
        return new CliRun(exitCode, Encoding.UTF8.GetString(stdout.ToArray()), Encoding.UTF8.GetString(stderr.ToArray()));
    }

    /// <summary>Calls the command line, expects success, and gives standard output as the JSON object it must be.</summary>
    public static async Task<JsonElement> Json(params string[] args)
    {
        var run = await Of([.. args, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Single(run.Out.TrimEnd('\n').Split('\n'));
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }
}
