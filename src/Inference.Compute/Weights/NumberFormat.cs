namespace Inference.Compute;

/// <summary>How numbers are stored. Arithmetic is always float32.</summary>
public enum NumberFormat
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>The upper half of binary32.</summary>
    BF16,

    /// <summary>IEEE binary16.</summary>
    F16,
}

/// <summary>Sizes of <see cref="NumberFormat"/>.</summary>
public static class NumberFormats
{
    /// <summary>Bytes of one number.</summary>
    public static int Bytes(this NumberFormat format) => format == NumberFormat.F32 ? 4 : 2;
}
