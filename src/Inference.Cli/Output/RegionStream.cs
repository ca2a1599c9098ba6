using System.Globalization;
using System.Text;
using Inference.Cli.Assistants;
using Inference.Models.Regions;

namespace Inference.Cli.Output;

/// <summary>
/// Prints descriptions that come all at once one below the other: the first unfinished one streams, the others wait for their turn.
/// </summary>
internal sealed class RegionStream : IRegionObserver
{
    private readonly Lock _lock = new();
    private readonly Terminal _terminal;
    private readonly Action<int> _writeLabel;
    private readonly StringBuilder[] _pending;
    private readonly bool[] _ended;
    private int _current = -1;

    /// <summary>Starts with the label of the first region.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="regions">How many there are.</param>
    /// <param name="writeLabel">Prints what stands in front of a region's text.</param>
    public RegionStream(Terminal terminal, int regions, Action<int> writeLabel)
    {
        (_terminal, _writeLabel) = (terminal, writeLabel);
        _pending = [.. Enumerable.Range(0, regions).Select(_ => new StringBuilder())];
        _ended = new bool[regions];
        Next();
    }

    /// <summary>A box for people.</summary>
    public static string Format(Box box) =>
        string.Create(CultureInfo.InvariantCulture, $"[{box.X1:0.##},{box.Y1:0.##},{box.X2:0.##},{box.Y2:0.##}]");

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void End(int region)
    {
        lock (_lock)
        {
            _ended[region] = true;
            while (_current < _ended.Length && _ended[_current])
            {
                _terminal.Out.WriteLine();
                Next();
            }
        }
    }

    private void Next()
    {
        if (++_current == _ended.Length)
        {
            return;
        }

        _writeLabel(_current);
        _terminal.Out.Write(_pending[_current].ToString());
    }
}
