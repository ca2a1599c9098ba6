using System.Globalization;
using System.Text;
using Inference.Models.Regions;
using Spectre.Console;

namespace Inference.Cli.Output;

/// <summary>
/// Prints descriptions that come all at once one below the other: the first unfinished one streams, the others wait for their turn. Append may be called
/// from several threads.
/// </summary>
internal sealed class RegionStream
{
    private readonly Lock _lock = new();
    private readonly Terminal _terminal;
    private readonly IReadOnlyList<Box> _regions;
    private readonly StringBuilder[] _pending;
    private readonly bool[] _ended;
    private int _current = -1;

    public RegionStream(Terminal terminal, IReadOnlyList<Box> regions)
    {
        (_terminal, _regions) = (terminal, regions);
        _pending = [.. regions.Select(_ => new StringBuilder())];
        _ended = new bool[regions.Count];
        Next();
    }

    /// <summary>A box for people.</summary>
    public static string Format(Box box) => string.Create(CultureInfo.InvariantCulture, $"[{box.X1:0.##},{box.Y1:0.##},{box.X2:0.##},{box.Y2:0.##}]");

    /// <summary>The next piece of a region's description.</summary>
    public void Append(int region, string text)
    {
        lock (_lock)
        {
            if (region == _current)
            {
                _terminal.Out.Write(text);
            }
            else
            {
                _pending[region].Append(text);
            }
        }
    }

    /// <summary>A region's description is complete: whatever is waiting behind it may be printed.</summary>
    public void End(int region)
    {
        lock (_lock)
        {
            _ended[region] = true;
            while (_current < _regions.Count && _ended[_current])
            {
                _terminal.Out.WriteLine();
                Next();
            }
        }
    }

    /// <summary>All descriptions are complete.</summary>
    public void Complete()
    {
        for (var i = 0; i < _regions.Count; i++)
        {
            End(i);
        }
    }

    private void Next()
    {
        if (++_current == _regions.Count)
        {
            return;
        }

        // One region needs no label: its text alone is the answer.
        if (_regions.Count > 1)
        {
            _terminal.Console().MarkupInterpolated($"[blue]{Format(_regions[_current])}[/] ");
        }

        _terminal.Out.Write(_pending[_current].ToString());
    }
}
