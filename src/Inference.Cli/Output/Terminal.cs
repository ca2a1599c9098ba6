using System.Text;

namespace Inference.Cli.Output;

/// <summary>Where a command reads and writes. Tests give it memory instead of the process's streams.</summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public Terminal(Stream input, Stream output, Stream error)
    {
        Input = input;
        Output = output;
        Out = new StreamWriter(output, Utf8) { AutoFlush = true, NewLine = "\n" };
        Error = new StreamWriter(error, Utf8) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Standard input.</summary>
    public Stream Input { get; }

    /// <summary>Standard output as bytes; do not mix with <see cref="Out"/>.</summary>
    public Stream Output { get; }

    /// <summary>Standard output as text: answers and JSON only.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error: progress, timings, errors.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether a person watches standard output.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether a person watches standard error.</summary>
    public bool IsErrorInteractive { get; init; }

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess() => new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError())
    {
        IsInteractive = !Console.IsOutputRedirected,
        IsErrorInteractive = !Console.IsErrorRedirected,
    };
}
