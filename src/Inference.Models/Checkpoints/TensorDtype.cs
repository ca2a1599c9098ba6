using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>Element type of a stored tensor, with the names of the safetensors format; then blocks of GGUF files and groups of integers
/// with scales.</summary>
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
    Q8,
    Q4,
    Q4K,
    Q6K,
    Int8Groups,
    Int4Groups,
    Int4AsymmetricGroups,
}

/// <summary>Names and sizes of <see cref="TensorDtype"/>.</summary>
public static class TensorDtypes
{
    /// <summary>The supported names, for error messages.</summary>
    public const string Supported = "F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL";

    /// <summary>Whether elements are stored in blocks that share scales, as only GGUF files do.</summary>
    public static bool IsBlocked(this TensorDtype dtype) => dtype.Blocks() != BlockFormat.None;

    /// <summary>Whether elements are integers in groups whose scales stand in tensors of their own; see
    /// <see cref="TensorView.Scales"/>.</summary>
    public static bool IsGrouped(this TensorDtype dtype) => dtype.Groups() is not null;

    /// <summary>The format of integers in groups; null for other types.</summary>
    public static NumberFormat? Groups(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.Int8Groups => NumberFormat.Int8,
        TensorDtype.Int4Groups => NumberFormat.Int4,
        TensorDtype.Int4AsymmetricGroups => NumberFormat.Int4Asymmetric,
        _ => null,
    };

    /// <summary>Elements that are stored together and the bytes they take: one element but for blocked types.</summary>
    public static (int Elements, int Bytes) Block(this TensorDtype dtype) =>
        dtype.IsBlocked() ? (dtype.Blocks().Numbers(), dtype.Blocks().Bytes())
        : dtype.IsGrouped() ? (dtype == TensorDtype.Int8Groups ? 1 : 2, 1)
        : (1, dtype.ItemSize());

    /// <summary>The blocks of a blocked type; none for the others.</summary>
    public static BlockFormat Blocks(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.Q8 => BlockFormat.Q8,
        TensorDtype.Q4 => BlockFormat.Q4,
        TensorDtype.Q4K => BlockFormat.Q4K,
        TensorDtype.Q6K => BlockFormat.Q6K,
        _ => BlockFormat.None,
    };

    /// <summary>Bytes of one element that is stored by itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A blocked or grouped type.</exception>
    public static int ItemSize(this TensorDtype dtype) => dtype switch
    {
        _ when dtype.IsBlocked() || dtype.IsGrouped() =>
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Elements of this type are stored together."),
        TensorDtype.F64 or TensorDtype.I64 => 8,
        TensorDtype.F32 or TensorDtype.I32 => 4,
        TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.I16 => 2,
        _ => 1,
    };

    /// <summary>Name in a safetensors header, in what people write about GGUF files, or of the held format.</summary>
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
        TensorDtype.Q8 => "Q8_0",
        TensorDtype.Q4 => "Q4_0",
        TensorDtype.Q4K => "Q4_K",
        TensorDtype.Q6K => "Q6_K",
        _ when dtype.Groups() is { } groups => groups.Name(),
        _ => throw new ArgumentOutOfRangeException(nameof(dtype)),
    };

    /// <summary>Reads a name of the safetensors format; false for a type that is not supported here.</summary>
    public static bool TryParse(string name, out TensorDtype dtype)
    {
        foreach (var candidate in Enum.GetValues<TensorDtype>())
        {
            dtype = candidate;
            if (candidate.FormatName() == name && !candidate.IsBlocked() && !candidate.IsGrouped())
                return true;
        }
        dtype = default;
        return false;
    }
}
