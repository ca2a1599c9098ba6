using System.Runtime.InteropServices;
using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed unsafe class PackingTests
{
    [Theory]
    [InlineData(NumberFormat.F32, NumberFormat.F32)]
    [InlineData(NumberFormat.BF16, NumberFormat.BF16)]
    [InlineData(NumberFormat.F16, NumberFormat.F16)]
    [InlineData(NumberFormat.BF16, NumberFormat.F32)]
    [InlineData(NumberFormat.F16, NumberFormat.F32)]
    public void Rows_come_back_out_of_packed_weights(NumberFormat source, NumberFormat packed)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        foreach (var (outputs, inputs) in ((int, int)[])[(1, 1), (33, 7), (95, 129), (64, 200)])
        {
            using var weights = new TestWeights(backend, outputs, inputs, source, packed, seed: inputs);
            using var y = new TestMatrix(backend, outputs, inputs, seed: 1);
            using var ids = backend.Allocate<int>(outputs);
            backend.Upload<int>([.. Enumerable.Range(0, outputs).Reverse()], ids);
            backend.Embed(weights.Packed, ids, y.Matrix);
            var found = y.Download();
            for (var row = 0; row < outputs; row++)
            {
                var expected = weights.Values.AsSpan((outputs - 1 - row) * inputs, inputs);
                Numbers.AssertSameBits(expected, found.AsSpan(row * inputs, inputs), $"row {row} of {outputs} x {inputs}");
            }
        }
    }

    [Fact]
    public void Negative_ids_leave_their_rows_and_ids_past_the_end_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var weights = new TestWeights(backend, 5, 9, NumberFormat.F32, NumberFormat.F32, seed: 1);
        using var y = new TestMatrix(backend, 2, 9, seed: 2);
        using var ids = backend.Allocate<int>(2);
        backend.Upload<int>([-1, 4], ids);
        backend.Embed(weights.Packed, ids, y.Matrix);
        var found = y.Download();
        Numbers.AssertSameBits(y.Values.AsSpan(0, 9), found.AsSpan(0, 9), "row without id");
        Numbers.AssertSameBits(weights.Values.AsSpan(36, 9), found.AsSpan(9, 9), "row of id 4");
        backend.Upload<int>([0, 5], ids);
        Assert.Throws<ArgumentException>(() => backend.Embed(weights.Packed, ids, y.Matrix));
    }

    [Fact]
    public void Stacked_sources_give_the_products_of_the_sources_side_by_side()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        int[] rows = [40, 7, 1, 50];
        var parts = rows.Select((count, i) => new TestWeights(backend, count, 65, NumberFormat.F32, NumberFormat.F32, seed: i)).ToArray();
        var memory = parts.Select(part => Copy(TestWeights.Encode(part.Values, NumberFormat.F32))).ToArray();
        WeightSource[] sources = [.. memory.Select((address, i) => new WeightSource(address, NumberFormat.F32, rows[i], 65))];
        using var stacked = backend.Pack(sources, NumberFormat.F32);
        foreach (var address in memory)
            NativeMemory.Free((void*)address);

        using var x = new TestMatrix(backend, 3, 65, seed: 9);
        using var together = new TestMatrix(backend, 3, 98, seed: 8);
        backend.MatMul(x.Matrix, stacked, together.Matrix);
        var first = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            using var alone = new TestMatrix(backend, 3, rows[i], seed: 7);
            backend.MatMul(x.Matrix, parts[i].Packed, alone.Matrix);
            for (var row = 0; row < 3; row++)
            {
                var expected = alone.Download().AsSpan(row * rows[i], rows[i]);
                Numbers.AssertSameBits(expected, together.Download().AsSpan((row * 98) + first, rows[i]), $"source {i}, row {row}");
            }

            first += rows[i];
            parts[i].Dispose();
        }
    }

    [Theory]
    [InlineData(0x7C00)]
    [InlineData(0xFC00)]
    [InlineData(0x7E00)]
    public void Infinities_in_binary16_weights_are_refused(int bits)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var weights = new ushort[64 * 3];
        weights[150] = (ushort)bits;
        fixed (ushort* address = weights)
        {
            var source = new WeightSource((nint)address, NumberFormat.F16, 64, 3);
            Assert.Throws<InvalidDataException>(() => backend.Pack([source], NumberFormat.F16));
            Assert.Throws<InvalidDataException>(() => backend.Pack([source], NumberFormat.F32));
        }
    }

    [Fact]
    public void Sources_of_different_widths_or_quantised_sources_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var weights = new float[16];
        fixed (float* address = weights)
        {
            var source = new WeightSource((nint)address, NumberFormat.F32, 2, 4);
            Assert.Throws<ArgumentException>(() => backend.Pack([source, source with { Columns = 3 }], NumberFormat.F32));
            Assert.Throws<ArgumentException>(() => backend.Pack([source with { Format = NumberFormat.Int8 }], NumberFormat.Int8));
            Assert.Throws<ArgumentException>(() => backend.Pack([source with { Rows = 0 }], NumberFormat.F32));
            Assert.Throws<ArgumentException>(() => backend.Pack([], NumberFormat.F32));
        }
    }

    private static nint Copy(byte[] bytes)
    {
        var memory = (nint)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>((void*)memory, bytes.Length));
        return memory;
    }
}
