using System.Diagnostics;

namespace Inference.Engine.Scheduling;

/// <summary>When a request came, got its place, was encoded and got its tokens.</summary>
internal sealed class SequenceClock
{
    private long _admitted;
    private long _encoded;
    private long _firstToken;
    private long _lastToken;

    /// <summary>When it came.</summary>
    public long Submitted { get; } = Stopwatch.GetTimestamp();

    /// <summary>From <see cref="Submitted"/> to the last token.</summary>
    public TimeSpan LastToken => Stopwatch.GetElapsedTime(Submitted, _lastToken);

    /// <summary>Time that ranking its image rows took.</summary>
    public TimeSpan Ranking { get; private set; }

    /// <summary>It has a place.</summary>
    /// <returns>How long it waited; null where it had one before.</returns>
    public TimeSpan? OnAdmitted()
    {
        if (_admitted != 0)
        {
            return null;
        }

        _encoded = _admitted = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(Submitted, _admitted);
    }

    /// <summary>Its images are encoded.</summary>
    public void OnEncoded() => _encoded = Stopwatch.GetTimestamp();

    /// <summary>Its image rows were ranked.</summary>
    public void OnRanked(TimeSpan time) => Ranking += time;

    /// <summary>A token was chosen.</summary>
    public void OnToken()
    {
        _lastToken = Stopwatch.GetTimestamp();
        _firstToken = _firstToken == 0 ? _lastToken : _firstToken;
    }

    /// <summary>What it took until now; <paramref name="isEncoding"/>: its images are not done.</summary>
    public GenerationTimings Timings(bool isEncoding)
    {
        var end = Stopwatch.GetTimestamp();
        var admitted = _admitted == 0 ? end : _admitted;
        var encoded = _admitted == 0 || isEncoding ? end : _encoded;
        var first = _firstToken == 0 ? end : _firstToken;
        return new GenerationTimings(
            Stopwatch.GetElapsedTime(Submitted, admitted),
            Stopwatch.GetElapsedTime(admitted, encoded),
            Stopwatch.GetElapsedTime(encoded, first),
            _firstToken == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(first, _lastToken));
    }
}
