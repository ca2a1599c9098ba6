using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Loading;
using Inference.Models.Tests.Checkpoints;

namespace Inference.Models.Tests.Loading;

/// <summary>Files of packed weights: what is written comes back, and what is not whole does not.</summary>
public sealed class PackFileTests : IDisposable
{
    private const string Key = "0123abcd";
    private readonly CpuBackend _backend = new(new CpuOptions { Threads = 1 });
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, PackCache.FileName(Key));

    [Theory]
    [InlineData(NumberFormat.F32, 70, 96)]
    [InlineData(NumberFormat.BF16, 32, 1)]
    [InlineData(NumberFormat.F16, 1, 65)]
    [InlineData(NumberFormat.Int8, 33, 64)]
    [InlineData(NumberFormat.Int4, 64, 32)]
    public void Every_format_and_shape_comes_back_as_it_was(NumberFormat format, int outputs, int inputs)
    {
        var expected = Write(format, outputs, inputs);
        using var reader = PackReader.TryOpen(File, Key, _backend)!;
        using var found = reader.Find("w", outputs, inputs, format)!;
        Assert.Equal(expected, Bytes(found));
        Assert.Null(reader.Find("other", outputs, inputs, format));
        Assert.Null(reader.Find("w", outputs + 1, inputs, format));
        Assert.Null(reader.Find("w", outputs, inputs, format == NumberFormat.F32 ? NumberFormat.BF16 : NumberFormat.F32));
    }

    [Fact]
    public void Every_byte_of_preface_and_table_and_the_length_count()
    {
        Write(NumberFormat.F32, 40, 24);
        var whole = System.IO.File.ReadAllBytes(File);
        var table = BitConverter.ToInt32(whole, PackTable.Magic.Length);
        foreach (var place in Enumerable.Range(0, PackTable.PrefaceBytes).Concat(Enumerable.Range(table, whole.Length - table)))
        {
            var broken = (byte[])whole.Clone();
            broken[place] ^= 0x10;
            Assert.False(Opens(broken), $"byte {place}");
        }

        Assert.False(Opens(whole[..^1]));
        Assert.False(Opens([.. whole, 0]));
        Assert.False(Opens([]));
        Assert.False(Opens(whole[..40]));
        Assert.True(Opens(whole));
    }

    [Fact]
    public void Weights_that_were_lost_are_noticed()
    {
        Write(NumberFormat.F32, 40, 24);
        var whole = System.IO.File.ReadAllBytes(File);
        var length = (int)_backend.PackedBytes(40, 24, NumberFormat.F32);
        whole.AsSpan(_backend.PackedAlignment, length).Clear();
        Assert.False(Opens(whole));
    }

    [Fact]
    public void A_file_of_another_key_or_one_that_others_may_write_is_not_used()
    {
        Write(NumberFormat.F32, 8, 8);
        Assert.Null(PackReader.TryOpen(File, "other", _backend));
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, System.IO.File.GetUnixFileMode(File) | UnixFileMode.OtherWrite);
            Assert.Null(PackReader.TryOpen(File, Key, _backend));
        }
    }

    [Fact]
    public void Memory_that_is_not_shared_stays_where_it_was_packed()
    {
        using var writer = PackWriter.TryCreate(_folder.Path, Key, _backend, 1)!;
        using var packed = Pack(NumberFormat.BF16, 40, 24);
        Assert.Same(packed, writer.Keep("w", packed));
        writer.Complete();
        using var reader = PackReader.TryOpen(File, Key, _backend)!;
        using var found = reader.Find("w", 40, 24, NumberFormat.BF16)!;
        Assert.Equal(Bytes(packed), Bytes(found));
    }

    [Fact]
    public void A_writer_that_does_not_finish_leaves_nothing_behind()
    {
        using (var writer = PackWriter.TryCreate(_folder.Path, Key, _backend, 1)!)
        {
            using var kept = writer.Keep("w", Pack(NumberFormat.F32, 8, 8));
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_folder_without_room_is_not_written()
    {
        Assert.Null(PackWriter.TryCreate(_folder.Path, Key, _backend, long.MaxValue));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _backend.Dispose();
    }

    private bool Opens(byte[] content)
    {
        System.IO.File.WriteAllBytes(File, content);
        using var reader = PackReader.TryOpen(File, Key, _backend);
        return reader is not null;
    }

    private byte[] Write(NumberFormat format, int outputs, int inputs)
    {
        using var writer = PackWriter.TryCreate(_folder.Path, Key, _backend, 1, shares: true)!;
        var packed = Pack(format, outputs, inputs);
        var expected = Bytes(packed);
        using var kept = writer.Keep("w", packed);
        Assert.NotSame(packed, kept);
        Assert.Equal(expected, Bytes(kept));
        Assert.Null(writer.Path);
        writer.Complete();
        Assert.Equal(File, writer.Path);
        return expected;
    }

    private unsafe PackedMatrix Pack(NumberFormat format, int outputs, int inputs)
    {
        var random = new Random(7);
        float[] values = [.. Enumerable.Range(0, outputs * inputs).Select(_ => random.NextSingle() - 0.5f)];
        fixed (float* first = values)
            return _backend.Pack([new WeightSource((nint)first, NumberFormat.F32, outputs, inputs)], format);
    }

    private static byte[] Bytes(PackedMatrix matrix)
    {
        using var stream = new MemoryStream();
        matrix.CopyTo(stream);
        return stream.ToArray();
    }
}
