using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Joins integers with their scales: <c>NAME</c> with <c>NAME_scale</c> and perhaps <c>NAME_offset</c> becomes one tensor. Integers are I8
/// [rows, columns], or U8 [rows, columns / 2] with two of four bits in a byte, the lower half first; scales and offsets are BF16 or F16
/// [rows, groups of 32 columns].
/// </summary>
internal static class GroupedTensors
{
    public const string ScaleSuffix = "_scale";
    public const string OffsetSuffix = "_offset";

    /// <summary>Replaces the parts by what they are together.</summary>
    /// <exception cref="CheckpointException">Parts do not fit together.</exception>
    public static void Join(Dictionary<string, TensorView> tensors)
    {
        foreach (var scales in tensors.Values.Where(tensor => tensor.Name.EndsWith(ScaleSuffix, StringComparison.Ordinal)).ToList())
        {
            if (!tensors.TryGetValue(scales.Name[..^ScaleSuffix.Length], out var integers))
                continue;
            var offsets = tensors.GetValueOrDefault(integers.Name + OffsetSuffix);
            tensors[integers.Name] = Join(integers, scales, offsets);
            tensors.Remove(scales.Name);
            tensors.Remove(integers.Name + OffsetSuffix);
        }
    }

    private static TensorView Join(TensorView integers, TensorView scales, TensorView? offsets)
    {
        if (integers.Dtype is not (TensorDtype.I8 or TensorDtype.U8))
            throw Error(integers, $"dtype {integers.Dtype.FormatName()} found beside '{scales.Name}'; I8 and U8 have scales");
        if (integers.Dtype == TensorDtype.I8 && offsets is not null)
            throw Error(offsets, "found beside I8 integers; only those of four bits, in U8, may have offsets");
        var perByte = integers.Dtype == TensorDtype.I8 ? 1 : 2;
        if (integers.Shape.Length != 2 || !IsSize(integers.Shape[0]) || !IsSize(integers.Shape[1]))
        {
            throw Error(
                integers, $"shape {TensorView.FormatShape(integers.Shape)} found; two dimensions of 1 to {ConfigLimits.Size} are allowed");
        }

        var columns = (int)integers.Shape[1] * perByte;
        long[] grouped = [integers.Shape[0], GroupEncoder.Groups(columns)];
        foreach (var tensor in (TensorView?[])[scales, offsets])
        {
            if (tensor is { Dtype: not (TensorDtype.BF16 or TensorDtype.F16) })
                throw Error(tensor, $"dtype {tensor.Dtype.FormatName()} found; BF16 and F16 are allowed");
            if (tensor is not null && !tensor.Shape.SequenceEqual(grouped))
            {
                throw Error(
                    tensor,
                    $"shape {TensorView.FormatShape(tensor.Shape)} found; "
                    + $"groups of {GroupEncoder.GroupSize} need {TensorView.FormatShape(grouped)}");
            }
        }

        if (offsets is not null && offsets.Dtype != scales.Dtype)
            throw Error(offsets, $"dtype {offsets.Dtype.FormatName()} found; that of the scales, {scales.Dtype.FormatName()}, is allowed");
        var dtype = integers.Dtype == TensorDtype.I8 ? TensorDtype.Int8Groups
            : offsets is null ? TensorDtype.Int4Groups
            : TensorDtype.Int4AsymmetricGroups;
        return integers.AsGroups(dtype, columns, scales, offsets);
    }

    private static bool IsSize(long size) => size is >= 1 and <= ConfigLimits.Size;

    private static CheckpointException Error(TensorView tensor, string reason) => new(tensor.FileName, tensor.Name, reason);
}
