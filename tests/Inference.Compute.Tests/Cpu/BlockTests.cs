using System.Runtime.InteropServices;
using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Blocks of GGUF files against what ggml makes of them.</summary>
public sealed unsafe class BlockTests
{
    private const int Scales = 2;

    [Theory]
    [InlineData(BlockFormat.Q8, "Q8_0")]
    [InlineData(BlockFormat.Q4, "Q4_0")]
    [InlineData(BlockFormat.Q4K, "Q4_K")]
    [InlineData(BlockFormat.Q6K, "Q6_K")]
    public void Blocks_widen_to_the_numbers_of_ggml(BlockFormat format, string name)
    {
        var golden = GgmlBlocks.Read(name);
        Numbers.AssertSameBits(golden.Values, Rows(golden.Blocks, format, 1, golden.Values.Length, NumberFormat.F32), name);
    }

    [Theory]
    [InlineData(BlockFormat.Q8, "Q8_0")]
    [InlineData(BlockFormat.Q4, "Q4_0")]
    public void Integers_stay_and_scales_are_rounded_to_bfloat16(BlockFormat format, string name)
    {
        var golden = GgmlBlocks.Read(name);
        var held = Rows(golden.Blocks, format, 1, golden.Values.Length, format.Held());
        for (var i = 0; i < held.Length; i++)
        {
            var scale = (float)MemoryMarshal.Read<Half>(golden.Blocks.AsSpan(i / 32 * format.Bytes()));
            var integer = MathF.Round(golden.Values[i] / scale);
            Assert.Equal(integer * GroupQuantizer.RoundToBFloat16(scale), held[i]);
        }
    }

    [Fact]
    public void The_integer_that_panels_lack_makes_its_groups_rounded_anew()
    {
        var golden = GgmlBlocks.Read("Q8_0");
        golden.Blocks[Scales] = 0x80;
        var held = Rows(golden.Blocks, BlockFormat.Q8, 1, golden.Values.Length, NumberFormat.Int8);
        var scale = (float)MemoryMarshal.Read<Half>(golden.Blocks);
        Assert.InRange(held[0], -128.6f * scale, -127.4f * scale);
        Assert.Equal(golden.Values[1], held[1], scale);
    }

    [Theory]
    [InlineData(BlockFormat.Q8, 0)]
    [InlineData(BlockFormat.Q4, 0)]
    [InlineData(BlockFormat.Q4K, 2)]
    [InlineData(BlockFormat.Q6K, 208)]
    public void Scales_must_be_finite(BlockFormat format, int offset)
    {
        var golden = GgmlBlocks.Read(
            format switch { BlockFormat.Q8 => "Q8_0", BlockFormat.Q4 => "Q4_0", BlockFormat.Q4K => "Q4_K", _ => "Q6_K" });
        MemoryMarshal.Write(golden.Blocks.AsSpan(offset), Half.NaN);
        foreach (var to in (NumberFormat[])[NumberFormat.F32, format.Held()])
            Assert.Throws<InvalidDataException>(() => Rows(golden.Blocks, format, 1, golden.Values.Length, to));
    }

    [Theory]
    [InlineData(BlockFormat.Q8, NumberFormat.Int8)]
    [InlineData(BlockFormat.Q4, NumberFormat.Int4)]
    public void Encoded_rows_are_held_as_rows_rounded_while_they_are_packed(BlockFormat format, NumberFormat held)
    {
        const int Rows = 40, Columns = 96;
        var random = new Random(3);
        var values = Enumerable.Range(0, Rows * Columns).Select(_ => (random.NextSingle() - 0.5f) * 0.1f).ToArray();
        var blocks = new byte[Rows * Columns / 32 * format.Bytes()];
        BlockEncoder.Encode(values, format, blocks);

        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var packed = Pack(
            backend, MemoryMarshal.AsBytes<float>(values), address => new WeightSource(address, NumberFormat.F32, Rows, Columns), held);
        Numbers.AssertSameBits(Read(backend, packed), BlockTests.Rows(blocks, format, Rows, Columns, held), format.ToString());
    }

    [Fact]
    public void Rows_of_paired_heads_come_into_order()
    {
        var values = new float[] { 0, 1, 2, 3, 10, 11, 12, 13 };
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var packed = Pack(
            backend, MemoryMarshal.AsBytes<float>(values),
            address => new WeightSource(address, NumberFormat.F32, 8, 1) { PairedHeadDim = 4 }, NumberFormat.F32);
        Assert.Equal([0, 2, 1, 3, 10, 12, 11, 13], Read(backend, packed));
    }

    [Fact]
    public void Numbers_that_no_block_holds_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => BlockEncoder.Encode([.. Enumerable.Repeat(float.NaN, 32)], BlockFormat.Q8, new byte[34]));
        Assert.Throws<InvalidDataException>(() => BlockEncoder.Encode([.. Enumerable.Repeat(1e30f, 32)], BlockFormat.Q4, new byte[18]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockEncoder.Encode(new float[31], BlockFormat.Q8, new byte[34]));
    }

    private static float[] Rows(byte[] blocks, BlockFormat format, int rows, int columns, NumberFormat held)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var packed = Pack(backend, blocks, address => WeightSource.OfBlocks(address, format, rows, columns), held);
        return Read(backend, packed);
    }

    private static PackedMatrix Pack(CpuBackend backend, ReadOnlySpan<byte> bytes, Func<nint, WeightSource> source, NumberFormat held)
    {
        fixed (byte* address = bytes)
            return backend.Pack([source((nint)address)], held);
    }

    private static float[] Read(CpuBackend backend, PackedMatrix packed)
    {
        using var y = new TestMatrix(backend, packed.Outputs, packed.Inputs, seed: 1);
        using var ids = backend.Allocate<int>(packed.Outputs);
        backend.Upload<int>([.. Enumerable.Range(0, packed.Outputs)], ids);
        backend.Embed(packed, ids, y.Matrix);
        return y.Download();
    }
}
