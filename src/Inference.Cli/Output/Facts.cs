using System.Globalization;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>Names and values below each other on standard output.</summary>
internal sealed class Facts(Terminal terminal)
{
    private readonly List<(string Name, string Value)> _facts = [];

    /// <summary>A size for people, in powers of 1000.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.##} {units[unit]}");
    }

    public void Add(string name, string value) => _facts.Add((name, value));

    /// <summary>Prints them, names in their own column.</summary>
    public void Print()
    {
        var width = _facts.Max(fact => fact.Name.Length);
        var console = terminal.LineConsole();
        foreach (var (name, value) in _facts)
        {
            if (terminal.IsInteractive)
            {
                console.MarkupLineInterpolated($"[grey]{name.PadRight(width)}[/]  {value}");
            }
            else
            {
                terminal.Out.WriteLine($"{name.PadRight(width)}  {value}");
            }
        }
    }
}
