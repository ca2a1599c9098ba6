using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>A tensor that is to be written.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Dtype">Type in the file.</param>
/// <param name="Shape">Sizes, outermost first; rows of the last one are written one after the other.</param>
/// <param name="PairedHeadDim">Width of the heads whose halves are to stand in turns, row by row; 0 for none.</param>
/// <param name="Read">Fills the span with the next numbers, row by row.</param>
internal sealed record GgufTensor(string Name, TensorDtype Dtype, long[] Shape, int PairedHeadDim, WeightReader Read)
{
    private const int RowsAtOnce = 64;

    private int Columns => checked((int)Shape[^1]);

    private long Rows => Shape[..^1].Aggregate(1L, (product, size) => product * size);

    /// <summary>The type that most numbers have.</summary>
    public static TensorDtype MostOf(IEnumerable<GgufTensor> tensors) =>
        tensors.GroupBy(tensor => tensor.Dtype).MaxBy(group => group.Sum(tensor => tensor.Rows * tensor.Columns))!.Key;

    /// <summary>Reads, rounds and writes everything.</summary>
    public void WriteTo(GgufWriter writer)
    {
        var rowBytes = checked((int)GgufTensorTypes.RowBytes(Dtype, Columns)!.Value);
        var height = PairedHeadDim > 0 ? PairedHeadDim : RowsAtOnce;
        var values = new float[checked(height * Columns)];
        var bytes = new byte[checked(height * rowBytes)];
        for (var row = 0L; row < Rows; row += height)
        {
            var rows = (int)Math.Min(height, Rows - row);
            Read(values.AsSpan(0, rows * Columns));
            for (var i = 0; i < rows; i++)
                RowEncoder.Encode(values.AsSpan(i * Columns, Columns), Dtype, bytes.AsSpan(Place(i) * rowBytes, rowBytes));
            writer.Write(bytes.AsSpan(0, rows * rowBytes));
        }
    }

    // Row i of the first half goes to 2i, row i of the second half to 2i + 1.
    private int Place(int row) => PairedHeadDim == 0 ? row : 2 * row < PairedHeadDim ? 2 * row : (2 * row) - PairedHeadDim + 1;
}

/// <summary>Fills a span with the next numbers of a tensor.</summary>
internal delegate void WeightReader(Span<float> values);
