using System.Globalization;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>Numbers of tensor types in GGUF files, and how many bytes their rows take.</summary>
internal static class GgufTensorTypes
{
    /// <summary>The supported names, for error messages.</summary>
    public const string Supported = "F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q6_K";

    private static readonly (TensorDtype Dtype, uint Number)[] Known =
    [
        (TensorDtype.F32, 0), (TensorDtype.F16, 1), (TensorDtype.Q4, 2), (TensorDtype.Q8, 8),
        (TensorDtype.Q4K, 12), (TensorDtype.Q6K, 14), (TensorDtype.BF16, 30),
    ];

    private static readonly string[] Names =
    [
        "F32", "F16", "Q4_0", "Q4_1", "", "", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS",
        "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M", "BF16",
    ];

    /// <summary>The number of a type that is written.</summary>
    public static uint Number(TensorDtype dtype) => Known.First(known => known.Dtype == dtype).Number;

    /// <summary>The type of a number, or null for one that is not supported.</summary>
    public static TensorDtype? Find(uint number) =>
        Known.Where(known => known.Number == number).Select(known => (TensorDtype?)known.Dtype).FirstOrDefault();

    /// <summary>A type for people.</summary>
    public static string Name(uint number) =>
        number < Names.Length && Names[number].Length > 0 ? Names[number] : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Bytes of so many numbers of a row; null where they are no whole blocks or too many.</summary>
    public static long? RowBytes(TensorDtype dtype, long columns)
    {
        var (numbers, bytes) = dtype.Block();
        return columns % numbers == 0 && columns / numbers <= long.MaxValue / bytes ? columns / numbers * bytes : null;
    }
}
