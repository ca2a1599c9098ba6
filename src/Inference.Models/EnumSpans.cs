#if !NET10_0_OR_GREATER
namespace Inference.Models;

/// <summary>What .NET 9 lacks, for native builds with its compiler: spans of enumerations are searched through their numbers.</summary>
internal static class EnumSpans
{
    /// <summary>Whether a value is among others.</summary>
    public static bool Contains<T>(this ReadOnlySpan<T> span, T value)
        where T : struct, Enum
    {
        foreach (var candidate in span)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return true;
        }

        return false;
    }
}
#endif
