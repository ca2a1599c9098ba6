using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Cli.Commands;
using Inference.Cli.Commands.Probes;
using Inference.Cli.Output;

namespace Inference.Cli;

/// <summary>The command line: parses, runs one command, and turns whatever goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    // A prompt that begins with @ is a prompt, not the name of a file with arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    // How long a command may go on after an interrupt: a server lets its calls end first.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command that <paramref name="args"/> name.</summary>
    /// <returns>0, 1 for a failure, 2 for wrong usage, 130 when interrupted.</returns>
    public static async Task<int> InvokeAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        try
        {
            var parsed = CreateRoot(terminal).Parse(args, Parser);
            if (parsed.Errors.Count > 0)
            {
                return Usage(parsed, terminal);
            }

            return await parsed.InvokeAsync(Configuration(parsed, terminal), cancellationToken);
        }
#pragma warning disable CA1031 // The boundary of the program: people see one line, never a stack trace.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Failures.Report(failure, terminal);
        }
    }

    private static InvocationConfiguration Configuration(ParseResult parsed, Terminal terminal) => new()
    {
        EnableDefaultExceptionHandler = false,
        Output = terminal.Out,
        Error = terminal.Error,
        ProcessTerminationTimeout = parsed.CommandResult.Command.Name == ServeCommand.Name ? DrainTimeout : StopTimeout,
    };

    private static RootCommand CreateRoot(Terminal terminal) =>
        new("Glassbox serves vision-language models and lets you look inside while they run.")
    {
        DemoCommand.Create(terminal),
        ServeCommand.Create(terminal),
        DescribeCommand.Create(terminal),
        GenerateCommand.Create(terminal),
        LocateCommand.Create(terminal),
        VerifyCommand.Create(terminal),
        TraceCommand.Create(terminal),
        LensCommand.Create(terminal),
        InfoCommand.Create(terminal),
        BenchCommand.Create(terminal),
        StrategiesCommand.Create(terminal),
        RankingsCommand.Create(terminal),
        CalibrateCommand.Create(terminal),
        TokenizeCommand.Create(terminal),
        ImportanceCommand.Create(terminal),
        EvalCommand.Create(terminal),
        ExportCommand.Create(terminal),
        QuantizeCommand.Create(terminal),
        ProbeCommand.Create(terminal),
    };

    private static int Usage(ParseResult parsed, Terminal terminal)
    {
        foreach (var error in parsed.Errors)
        {
            terminal.Error.WriteLine($"glassbox: {error.Message}");
        }

        var path = "";
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
        {
            path = $" {(result.Parent is null ? "glassbox" : result.Command.Name)}{path}";
        }

        terminal.Error.WriteLine($"See{path} --help.");
        return ExitCode.Usage;
    }
}
