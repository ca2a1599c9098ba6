using System.Runtime.InteropServices;
using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>Groups of integers as files hold them.</summary>
public sealed unsafe class GroupTests
{
    private const int Rows = 40;

    public static TheoryData<NumberFormat, int> FormatsAndColumns
    {
        get
        {
            var data = new TheoryData<NumberFormat, int>();
            foreach (var format in (NumberFormat[])[NumberFormat.Int8, NumberFormat.Int4, NumberFormat.Int4Asymmetric])
            {
                foreach (var columns in (int[])[2, 30, 96, 128, 150])
                    data.Add(format, columns);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(FormatsAndColumns))]
    public void Encoded_rows_are_held_as_rows_rounded_while_they_are_packed(NumberFormat format, int columns)
    {
        var values = Numbers.Random(Rows * columns, seed: columns);
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var rounded = Pack(backend, values, columns, format);
        var groups = new Encoded(values, columns, format);
        using var stored = groups.Pack(backend, format);
        Numbers.AssertSameBits(Read(backend, rounded), Read(backend, stored), $"{format} {columns}");
    }

    [Theory]
    [MemberData(nameof(FormatsAndColumns))]
    public void Groups_widen_to_the_numbers_that_they_are_held_as(NumberFormat format, int columns)
    {
        var groups = new Encoded(Numbers.Random(Rows * columns, seed: columns), columns, format);
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var held = groups.Pack(backend, format);
        using var wide = groups.Pack(backend, NumberFormat.F32);
        Numbers.AssertSameBits(Read(backend, held), Read(backend, wide), $"{format} {columns}");
    }

    [Fact]
    public void Scales_in_binary16_are_rounded_to_bfloat16()
    {
        var groups = new Encoded(Numbers.Random(Rows * 64, seed: 1), 64, NumberFormat.Int4Asymmetric);
        var (expected, scales, offsets) = (new float[Rows * 64], new float[groups.Scales.Length], new float[groups.Scales.Length]);
        for (var i = 0; i < scales.Length; i++)
        {
            (groups.Scales[i], scales[i]) = Half(0.01f + (0.001f * i));
            (groups.Offsets[i], offsets[i]) = Half(0.003f * i);
        }

        for (var i = 0; i < expected.Length; i++)
            expected[i] = (groups.Integer(i) * scales[i / 32]) + offsets[i / 32];
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var packed = groups.Pack(backend, NumberFormat.Int4Asymmetric, NumberFormat.F16);
        Numbers.AssertSameBits(expected, Read(backend, packed), "binary16");

        static (ushort Bits, float Rounded) Half(float value) =>
            (BitConverter.HalfToUInt16Bits((Half)value), GroupQuantizer.RoundToBFloat16((float)(Half)value));
    }

    [Fact]
    public void The_integer_that_panels_lack_makes_its_groups_rounded_anew()
    {
        var groups = new Encoded(Numbers.Random(Rows * 64, seed: 1), 64, NumberFormat.Int8);
        groups.Integers[5] = 0x80;
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var packed = groups.Pack(backend, NumberFormat.Int8);
        var scale = Widen.BFloat16(groups.Scales[0]);
        Assert.InRange(Read(backend, packed)[5], -128.6f * scale, -127.4f * scale);
    }

    [Theory]
    [InlineData(NumberFormat.Int8, false)]
    [InlineData(NumberFormat.Int4Asymmetric, true)]
    public void Scales_and_offsets_must_be_finite(NumberFormat format, bool inOffset)
    {
        var groups = new Encoded(Numbers.Random(Rows * 64, seed: 1), 64, format);
        (inOffset ? groups.Offsets : groups.Scales)[3] = 0x7F80;
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        foreach (var to in (NumberFormat[])[format, NumberFormat.F32])
            Assert.Throws<InvalidDataException>(() => groups.Pack(backend, to).Dispose());
    }

    [Fact]
    public void Integers_need_their_scales_and_offsets_and_whole_bytes()
    {
        var memory = NativeMemory.AllocZeroed(4096);
        try
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
            var at = (nint)memory;
            WeightSource[] wrong =
            [
                WeightSource.OfGroups(at, NumberFormat.Int8, 0, 0, NumberFormat.BF16, 1, 32),
                WeightSource.OfGroups(at, NumberFormat.Int4, at, at, NumberFormat.BF16, 1, 32),
                WeightSource.OfGroups(at, NumberFormat.Int4Asymmetric, at, 0, NumberFormat.BF16, 1, 32),
                WeightSource.OfGroups(at, NumberFormat.Int4, at, 0, NumberFormat.F32, 1, 32),
                WeightSource.OfGroups(at, NumberFormat.Int4, at, 0, NumberFormat.BF16, 1, 31),
            ];
            foreach (var source in wrong)
                Assert.Throws<ArgumentException>(() => backend.Pack([source], NumberFormat.F32).Dispose());
        }
        finally
        {
            NativeMemory.Free(memory);
        }

        Assert.Throws<InvalidDataException>(() => new Encoded([1, float.NaN], 2, NumberFormat.Int4));
        Assert.Throws<InvalidDataException>(() => new Encoded([float.MaxValue, float.MaxValue], 2, NumberFormat.Int4Asymmetric));
        Assert.Throws<ArgumentException>(() => GroupEncoder.RowBytes(NumberFormat.Int4, 31));
    }

    private static PackedMatrix Pack(CpuBackend backend, float[] values, int columns, NumberFormat format)
    {
        fixed (float* address = values)
            return backend.Pack([new WeightSource((nint)address, NumberFormat.F32, values.Length / columns, columns)], format);
    }

    private static float[] Read(CpuBackend backend, PackedMatrix packed)
    {
        using var y = new TestMatrix(backend, packed.Outputs, packed.Inputs, seed: 1);
        using var ids = backend.Allocate<int>(packed.Outputs);
        backend.Upload<int>([.. Enumerable.Range(0, packed.Outputs)], ids);
        backend.Embed(packed, ids, y.Matrix);
        return y.Download();
    }

    private sealed class Encoded
    {
        private readonly NumberFormat _format;
        private readonly int _rows;
        private readonly int _columns;

        public Encoded(float[] values, int columns, NumberFormat format)
        {
            (_format, _rows, _columns) = (format, values.Length / columns, columns);
            var (bytes, groups) = (GroupEncoder.RowBytes(format, columns), GroupEncoder.Groups(columns));
            Integers = new byte[_rows * bytes];
            Scales = new ushort[_rows * groups];
            Offsets = format.HasOffset() ? new ushort[Scales.Length] : [];
            for (var row = 0; row < _rows; row++)
            {
                GroupEncoder.Encode(
                    values.AsSpan(row * columns, columns), format, Integers.AsSpan(row * bytes, bytes), Scales.AsSpan(row * groups, groups),
                    format.HasOffset() ? Offsets.AsSpan(row * groups, groups) : []);
            }
        }

        public byte[] Integers { get; }

        public ushort[] Scales { get; }

        public ushort[] Offsets { get; }

        public int Integer(int index)
        {
            var half = (Integers[index / 2] >> (4 * (index & 1))) & 15;
            return half < 8 ? half : half - 16;
        }

        public PackedMatrix Pack(CpuBackend backend, NumberFormat held, NumberFormat scaleFormat = NumberFormat.BF16)
        {
            fixed (byte* integers = Integers)
            fixed (ushort* scales = Scales)
            fixed (ushort* offsets = Offsets)
            {
                return backend.Pack(
                    [WeightSource.OfGroups((nint)integers, _format, (nint)scales, (nint)offsets, scaleFormat, _rows, _columns)], held);
            }
        }
    }
}
