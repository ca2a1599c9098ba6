using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>Reads the three fields of one tensor in a safetensors header and checks that they agree, with overflow checks.</summary>
internal static class TensorEntryReader
{
    /// <summary>Expects the reader on the value of the entry and leaves it on the closing brace.</summary>
    public static TensorEntry Read(string file, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Error("an object with dtype, shape and data_offsets is needed");
        TensorDtype? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype" when dtype is null:
                    dtype = ReadDtype(file, name, ref reader);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(file, name, field, SafetensorsHeader.MaxRank, ref reader);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(file, name, field, 2, ref reader);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Error($"{field} occurs twice");
                default:
                    throw Error($"unknown field '{CheckpointException.Printable(field)}' found; dtype, shape and data_offsets are allowed");
            }
        }
        if (dtype is null || shape is null || offsets is null)
            throw Error($"{(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")} is missing");
        if (offsets.Length != 2)
            throw Error($"data_offsets has {offsets.Length} numbers; 2 are needed");
        if (offsets[0] > offsets[1])
            throw Error($"data_offsets [{offsets[0]}, {offsets[1]}] end before they begin");

        var size = ByteSize(shape, dtype.Value.ItemSize())
            ?? throw Error($"shape {TensorView.FormatShape(shape)} has more bytes than 64 bits can count");
        if (size != offsets[1] - offsets[0])
            throw Error($"dtype {dtype.Value.FormatName()} and shape {TensorView.FormatShape(shape)} need {size} bytes, "
                + $"but data_offsets [{offsets[0]}, {offsets[1]}] hold {offsets[1] - offsets[0]}");
        return new(name, dtype.Value, shape, offsets[0], offsets[1]);

        CheckpointException Error(string reason) => new(file, name, reason);
    }

    /// <summary>
    /// Bytes of a tensor, or null where the product overflows (as in the reference library, also before a zero dimension).
    /// </summary>
    public static long? ByteSize(ReadOnlySpan<long> shape, int itemSize)
    {
        try
        {
            var size = 1L;
            foreach (var dimension in shape)
                size = checked(size * dimension);
            return checked(size * itemSize);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static TensorDtype ReadDtype(string file, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new CheckpointException(file, name, "dtype is not a string");
        var text = reader.GetString()!;
        return TensorDtypes.TryParse(text, out var dtype)
            ? dtype
            : throw new CheckpointException(
                file, name, $"dtype '{CheckpointException.Printable(text)}' is not supported; {TensorDtypes.Supported} are");
    }

    private static long[] ReadNumbers(string file, string name, string field, int most, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new CheckpointException(file, name, $"{field} is not an array");
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw new CheckpointException(file, name, $"{field} holds something else than whole numbers from 0 to {long.MaxValue}");
            if (numbers.Count == most)
                throw new CheckpointException(file, name, $"{field} has more than {most} numbers");
            numbers.Add(number);
        }
        return [.. numbers];
    }
}
