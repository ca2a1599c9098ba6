namespace Inference.Compute;

/// <summary>
/// How numbers are stored. Arithmetic is float32; products with quantised weights are exact integer sums over groups of 32
/// inputs, scaled and added in float32.
/// </summary>
public enum NumberFormat
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>The upper half of binary32.</summary>
    BF16,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>Groups of 32 integers −127…127 with one bfloat16 scale: 8.5 bits a number. Weights only.</summary>
    Int8,

    /// <summary>Groups of 32 integers −8…7 with one bfloat16 scale: 4.5 bits a number. Weights only.</summary>
    Int4,

    /// <summary>
    /// Groups of 32 integers −8…7 with a bfloat16 scale and a bfloat16 offset: a number is scale · integer + offset. 5 bits a number.
    /// Weights only.
    /// </summary>
    Int4Asymmetric,
}

/// <summary>Sizes of <see cref="NumberFormat"/>.</summary>
public static class NumberFormats
{
    /// <summary>Whether numbers are stored as integers in groups that share a scale.</summary>
    public static bool IsQuantized(this NumberFormat format) =>
        format is NumberFormat.Int8 or NumberFormat.Int4 or NumberFormat.Int4Asymmetric;

    /// <summary>Whether groups have an offset beside their scale.</summary>
    public static bool HasOffset(this NumberFormat format) => format == NumberFormat.Int4Asymmetric;

    /// <summary>What commands and files call it.</summary>
    public static string Name(this NumberFormat format) => format switch
    {
        NumberFormat.F32 => "f32",
        NumberFormat.BF16 => "bf16",
        NumberFormat.F16 => "f16",
        NumberFormat.Int8 => "int8",
        NumberFormat.Int4 => "int4",
        NumberFormat.Int4Asymmetric => "int4-asymmetric",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>Bytes of one number that is stored by itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Numbers of this format are stored in groups.</exception>
    public static int Bytes(this NumberFormat format) => format switch
    {
        NumberFormat.F32 => 4,
        NumberFormat.BF16 or NumberFormat.F16 => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Numbers of this format are stored in groups."),
    };
}
