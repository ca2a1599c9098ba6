using Inference.Compute.Cpu;

namespace Inference.Compute;

/// <summary>
/// Rounds rows of weights to the groups of <see cref="WeightSource.OfGroups"/>, with the integers, scales and offsets that
/// <see cref="IBackend.Pack"/> gives the same numbers, so that a file and a model that was rounded while it loaded are the same model.
/// </summary>
public static unsafe class GroupEncoder
{
    /// <summary>Inputs that share a scale.</summary>
    public const int GroupSize = GroupLayout.Inputs;

    /// <summary>Groups of a row, of which the last may be short.</summary>
    public static int Groups(int columns) => GroupLayout.Groups(columns);

    /// <summary>Bytes of a row's integers.</summary>
    /// <exception cref="ArgumentException">An odd number of columns in four bits.</exception>
    public static int RowBytes(NumberFormat format, int columns) => columns % 2 == 0 || format == NumberFormat.Int8
        ? checked(columns * GroupLayout.Bits(format)) / 8
        : throw new ArgumentException($"An even number of columns was expected, found {columns}.", nameof(columns));

    /// <summary>Encodes one row.</summary>
    /// <param name="row">Its numbers.</param>
    /// <param name="format">A quantised format.</param>
    /// <param name="integers">[<see cref="RowBytes"/>]</param>
    /// <param name="scales">bfloat16, [groups]</param>
    /// <param name="offsets">bfloat16, [groups]; empty where the format has none.</param>
    /// <exception cref="InvalidDataException">A number is not finite, or an offset exceeds bfloat16.</exception>
    public static void Encode(ReadOnlySpan<float> row, NumberFormat format, Span<byte> integers, Span<ushort> scales, Span<ushort> offsets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(integers.Length, RowBytes(format, row.Length), nameof(integers));
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, Groups(row.Length), nameof(scales));
        ArgumentOutOfRangeException.ThrowIfNotEqual(offsets.Length, format.HasOffset() ? scales.Length : 0, nameof(offsets));
        if (row.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new InvalidDataException("Weights hold a number that is not finite.");
        integers.Clear();
        var rounded = stackalloc int[GroupSize];
        for (var group = 0; group < scales.Length; group++)
        {
            var numbers = row[(group * GroupSize)..Math.Min(row.Length, (group + 1) * GroupSize)];
            float scale, offset = 0;
            fixed (float* first = numbers)
            {
                scale = format.HasOffset()
                    ? GroupQuantizer.WeightsWithOffset(first, numbers.Length, rounded, out offset)
                    : GroupQuantizer.Weights(first, numbers.Length, GroupLayout.Bits(format), rounded);
            }

            scales[group] = Upper(scale);
            if (format.HasOffset())
                offsets[group] = Upper(offset);
            for (var i = 0; i < numbers.Length; i++)
                Set(integers, format, (group * GroupSize) + i, rounded[i]);
        }
    }

    private static void Set(Span<byte> integers, NumberFormat format, int k, int value)
    {
        if (format == NumberFormat.Int8)
            integers[k] = (byte)value;
        else
            integers[k / 2] |= (byte)((value & 15) << (4 * (k & 1)));
    }

    private static ushort Upper(float value) => float.IsFinite(value)
        ? (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)
        : throw new InvalidDataException("Weights are larger than bfloat16 holds.");
}
