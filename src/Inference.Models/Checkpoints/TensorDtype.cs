namespace Inference.Models.Checkpoints;

/// <summary>Element type of a stored tensor, with the names of the safetensors format.</summary>
public enum TensorDtype
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

/// <summary>Names and sizes of <see cref="TensorDtype"/>.</summary>
public static class TensorDtypes
{
    /// <summary>The supported names, for error messages.</summary>
    public const string Supported = "F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL";

    /// <summary>Bytes of one element.</summary>
    public static int ItemSize(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.F64 or TensorDtype.I64 => 8,
        TensorDtype.F32 or TensorDtype.I32 => 4,
        TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.I16 => 2,
        _ => 1,
    };

    /// <summary>Name in a safetensors header.</summary>
    public static string FormatName(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.F64 => "F64",
        TensorDtype.F32 => "F32",
        TensorDtype.F16 => "F16",
        TensorDtype.BF16 => "BF16",
        TensorDtype.I64 => "I64",
        TensorDtype.I32 => "I32",
        TensorDtype.I16 => "I16",
        TensorDtype.I8 => "I8",
        TensorDtype.U8 => "U8",
        TensorDtype.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype)),
    };

    /// <summary>Reads a name of the safetensors format; false for a type that is not supported here.</summary>
    public static bool TryParse(string name, out TensorDtype dtype)
    {
        foreach (var candidate in Enum.GetValues<TensorDtype>())
        {
            dtype = candidate;
            if (candidate.FormatName() == name)
                return true;
        }
        dtype = default;
        return false;
    }
}
