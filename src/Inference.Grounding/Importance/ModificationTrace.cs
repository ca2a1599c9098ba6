using Inference.Engine;

namespace Inference.Grounding.Importance;

/// <summary>Adds up the cosines of what goes into every block and what comes out, over the rows of a prompt.</summary>
/// <param name="layers">Blocks of the decoder.</param>
internal sealed class ModificationTrace(int layers) : IGenerationTrace
{
    private float[] _input = [];
    private (int Index, int FirstRow, int Length) _held = (-1, 0, 0);

    /// <inheritdoc/>
    public IReadOnlyList<int> HiddenLayers { get; } = [.. Enumerable.Range(0, layers + 1)];

    /// <summary>Of every block, the sum over rows.</summary>
    public double[] Cosines { get; } = new double[layers];

    /// <summary>Rows of every block.</summary>
    public long[] Rows { get; } = new long[layers];

    /// <inheritdoc/>
    public void OnImageFeatures(int image, ReadOnlySpan<float> rows, int width)
    {
    }

    /// <summary>The rows of a chunk come layer by layer.</summary>
    public void OnHidden(int index, int firstRow, ReadOnlySpan<float> rows, int width)
    {
        if (_held == (index - 1, firstRow, rows.Length))
        {
            for (var start = 0; start < rows.Length; start += width)
            {
                Cosines[index - 1] += Cosine(_input.AsSpan(start, width), rows.Slice(start, width));
                Rows[index - 1]++;
            }
        }

        if (_input.Length < rows.Length)
        {
            _input = new float[rows.Length];
        }

        rows.CopyTo(_input);
        _held = (index, firstRow, rows.Length);
    }

    /// <inheritdoc/>
    public void OnPromptOutput(int row, ReadOnlySpan<float> normed, ReadOnlySpan<float> logits)
    {
    }

    /// <inheritdoc/>
    public void OnStep(int step, ReadOnlySpan<float> scores, int? layer)
    {
    }

    // Rows of zeros have no direction; they count as unchanged.
    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (dot, squaresA, squaresB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            squaresA += (double)a[i] * a[i];
            squaresB += (double)b[i] * b[i];
        }

        return squaresA > 0 && squaresB > 0 ? dot / Math.Sqrt(squaresA * squaresB) : 1;
    }
}
