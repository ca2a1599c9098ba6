namespace Inference.Compute.Cpu;

/// <summary>Splits counted work into nearly equal consecutive parts.</summary>
internal static class Partition
{
    // Below about this many elements a hand-over to another thread costs more than it saves.
    private const long Grain = 16 * 1024;

    /// <summary>How many parts pay for <paramref name="count"/> items of <paramref name="elements"/> elements each.</summary>
    public static int Parts(int count, long elements, int threads)
    {
        if (threads == 1 || count <= 1)
            return 1;
        var worth = (count * elements / Grain) + 1;
        return (int)Math.Min(Math.Min(worth, count), 4L * threads);
    }

    /// <summary>First item of a part; the end of a part is the start of the next.</summary>
    public static int Start(int count, int parts, int part) => (int)((long)count * part / parts);
}
