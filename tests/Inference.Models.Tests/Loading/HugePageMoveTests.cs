using System.Globalization;
using Inference.Models.Checkpoints;
using Inference.Models.Loading;
using Inference.Models.Tests.Checkpoints;

namespace Inference.Models.Tests.Loading;

/// <summary>Maps whose bytes move into memory while they are read.</summary>
public sealed unsafe class HugePageMoveTests
{
    private const long HugePage = 2 << 20;

    [Theory]
    [InlineData((5 * HugePage) + 1)]
    [InlineData((40 * HugePage) + 4097)]
    [InlineData(HugePage - 1)]
    public void Readers_see_the_file_meanwhile_and_afterwards(long length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var path = folder.Write("weights", bytes);
        using var file = MappedFile.Open(path, aligned: true);
        Assert.Equal(length, file.Length);
        var differences = 0;
        var reading = true;
        var start = (nint)file.Pointer;
        var reader = new Thread(() =>
        {
            while (Volatile.Read(ref reading))
                differences += new ReadOnlySpan<byte>((void*)start, bytes.Length).SequenceEqual(bytes) ? 0 : 1;
        });
        reader.Start();
        var moved = Move(file);
        Volatile.Write(ref reading, false);
        reader.Join();
        Assert.Equal(0, differences);
        Assert.True(new ReadOnlySpan<byte>(file.Pointer, bytes.Length).SequenceEqual(bytes));
        Assert.Equal(OperatingSystem.IsLinux() ? length / HugePage * HugePage : 0, moved);
        if (OperatingSystem.IsLinux())
            Assert.Equal(
                (length - moved + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize,
                MappedBytes(path));
    }

    [Fact]
    public void What_stops_half_way_stays_readable()
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[100 * HugePage];
        new Random(2).NextBytes(bytes);
        using var file = MappedFile.Open(folder.Write("weights", bytes), aligned: true);
        if (OperatingSystem.IsLinux())
            new HugePageMove(file.Pointer, file.Length).Dispose();
        Assert.True(new ReadOnlySpan<byte>(file.Pointer, bytes.Length).SequenceEqual(bytes));
    }

    private static long Move(MappedFile file)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        using var move = new HugePageMove(file.Pointer, file.Length);
        move.Wait();
        return move.Moved;
    }

    // Bytes of this process's addresses that are still pages of the file.
    private static long MappedBytes(string path)
    {
        var maps = File.ReadLines("/proc/self/maps").Where(line => line.EndsWith(path, StringComparison.Ordinal));
        return maps.Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-')).Sum(ends => Address(ends[1]) - Address(ends[0]));
    }

    private static long Address(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
