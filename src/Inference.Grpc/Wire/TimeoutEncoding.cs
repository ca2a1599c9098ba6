using System.Globalization;

namespace Grpc.Wire;

/// <summary>The encoding of <c>grpc-timeout</c>: up to eight digits and a unit H, M, S, m, u or n.</summary>
internal static class TimeoutEncoding
{
    private const long MaxValue = 99_999_999;

    // A timer takes at most 2^32-2 ms; a longer deadline is as good as none but must not throw.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(45);

    public static bool TryDecode(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9) return false;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;

        var ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticksPerUnit < 0) return false;
        // At most 1e8 hours of 3.6e10 ticks: 3.6e18 fits. Nanoseconds round up to a tick, so that a timeout never turns into none.
        var ticks = ticksPerUnit == 0 ? (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick : value * ticksPerUnit;
        timeout = TimeSpan.FromTicks(Math.Min(ticks, Longest.Ticks));
        return true;
    }

    public static string Encode(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) return "1n";
        foreach (var (ticks, unit) in Units)
        {
            // Rounded up: the server must not give up before the client does.
            var value = (timeout.Ticks + ticks - 1) / ticks;
            if (value <= MaxValue) return value.ToString(CultureInfo.InvariantCulture) + unit;
        }
        return MaxValue.ToString(CultureInfo.InvariantCulture) + 'H';
    }

    private static readonly (long Ticks, char Unit)[] Units =
    [
        (TimeSpan.TicksPerMicrosecond, 'u'), (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'),
        (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
    ];
}
