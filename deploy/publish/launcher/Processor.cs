namespace Glassbox.Launcher;

/// <summary>
/// What this processor has of the levels of the x86-64 psABI, by the kernel's names: it leaves out what it does not support itself, and
/// code that was compiled for the oldest processors cannot ask for all of it.
/// </summary>
internal static class Processor
{
    private static readonly string[] V2 = ["cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"];
    private static readonly string[] V3 = [.. V2, "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"];
    private static readonly string[] V4 = [.. V3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
    private static readonly Lazy<HashSet<string>> Flags = new(Read);

    /// <summary>Whether code that was compiled for a level runs here.</summary>
    public static bool Runs(string level) => level switch
    {
        "x86-64-v2" => Flags.Value.IsSupersetOf(V2),
        "x86-64-v3" => Flags.Value.IsSupersetOf(V3),
        "x86-64-v4" => Flags.Value.IsSupersetOf(V4),
        _ => false,
    };

    private static HashSet<string> Read()
    {
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return [.. line?.Split(' ') ?? []];
    }
}
