using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>Consoles of Spectre.Console over a <see cref="Terminal"/>; without colours or control codes where nobody watches.</summary>
internal static class Styles
{
    private const int LongestLine = short.MaxValue;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Console(this Terminal terminal) => Create(terminal.Out, terminal.IsInteractive);

    /// <summary>Standard output for lines that the terminal may wrap, not Spectre.</summary>
    public static IAnsiConsole LineConsole(this Terminal terminal) => Unwrapped(terminal.Console());

    /// <summary>Standard error.</summary>
    public static IAnsiConsole ErrorConsole(this Terminal terminal) => Create(terminal.Error, terminal.IsErrorInteractive);

    /// <summary>A label in front of what comes next on standard output.</summary>
    public static void Label(this Terminal terminal, string text)
    {
        if (terminal.IsInteractive)
        {
            terminal.LineConsole().MarkupInterpolated($"[blue]{text}[/] ");
        }
        else
        {
            terminal.Out.Write($"{text} ");
        }
    }

    /// <summary>A line of side information on standard error.</summary>
    public static void Note(this Terminal terminal, string line)
    {
        if (terminal.IsErrorInteractive)
        {
            Unwrapped(terminal.ErrorConsole()).MarkupLineInterpolated($"[grey]{line}[/]");
        }
        else
        {
            terminal.Error.WriteLine(line);
        }
    }

    private static IAnsiConsole Unwrapped(IAnsiConsole console)
    {
        console.Profile.Width = LongestLine;
        return console;
    }

    private static IAnsiConsole Create(TextWriter writer, bool interactive) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
    });
}
