using System.Numerics;

namespace Inference.Grounding.Probes.Training;

/// <summary>Rows of features in float32; products with them accumulate in double.</summary>
/// <param name="Values">[rows, columns]</param>
/// <param name="Columns">Features of a row.</param>
internal sealed record FeatureMatrix(float[] Values, int Columns)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Values.Length / Columns;

    /// <summary>A row, [columns].</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>Product of a row with a vector.</summary>
    public double Dot(int row, ReadOnlySpan<double> vector)
    {
        var values = Row(row);
        var (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var first, out var second);
            low += first * new Vector<double>(vector[i..]);
            high += second * new Vector<double>(vector[(i + Vector<double>.Count)..]);
        }

        var sum = Vector.Sum(low + high);
        for (; i < values.Length; i++)
        {
            sum += values[i] * vector[i];
        }

        return sum;
    }

    /// <summary>Adds a multiple of a row to a vector.</summary>
    public void AddTo(int row, double factor, Span<double> vector)
    {
        var values = Row(row);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var first, out var second);
            var low = vector[i..];
            var high = vector[(i + Vector<double>.Count)..];
            (new Vector<double>(low) + (first * factor)).CopyTo(low);
            (new Vector<double>(high) + (second * factor)).CopyTo(high);
        }

        for (; i < values.Length; i++)
        {
            vector[i] += factor * values[i];
        }
    }
}
