using Inference.Models.Checkpoints;
using Inference.Models.Decoders;

namespace Inference.Models.Quantization;

/// <summary>
/// The data-free score of layers (ZD of Dumitru et al. 2024, arXiv 2406.17415): the share of a block's weights that lie more than a
/// standard deviation above their mean. The fewer there are, the more important the block is held to be.
/// </summary>
public static class ZScoreDistribution
{
    private const int ChunkLength = 1 << 20;

    /// <summary>The share of every block; two passes over the weights.</summary>
    /// <exception cref="CheckpointException">Matrices are missing or not floating-point numbers.</exception>
    public static IReadOnlyList<double> Of(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        var buffer = new float[ChunkLength];
        return [.. Enumerable.Range(0, checkpoint.Config.Text.Layers).Select(layer =>
        {
            TensorView[] matrices = [.. DecoderLoader.BlockMatrices.Select(name => checkpoint.Text($"layers.{layer}.{name}"))];
            return ShareAbove(matrices, buffer, cancellationToken);
        })];
    }

    private static double ShareAbove(TensorView[] matrices, float[] buffer, CancellationToken cancellationToken)
    {
        var (count, sum, squares) = (0L, 0.0, 0.0);
        ForEach(matrices, buffer, chunk =>
        {
            foreach (var weight in chunk)
                (sum, squares) = (sum + weight, squares + ((double)weight * weight));
            count += chunk.Length;
        }, cancellationToken);
        var mean = sum / count;
        var threshold = mean + Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        var above = 0L;
        ForEach(matrices, buffer, chunk =>
        {
            foreach (var weight in chunk)
                above += weight > threshold ? 1 : 0;
        }, cancellationToken);
        return (double)above / count;
    }

    private static void ForEach(TensorView[] matrices, float[] buffer, ChunkReader read, CancellationToken cancellationToken)
    {
        foreach (var matrix in matrices)
        {
            for (var first = 0L; first < matrix.ElementCount; first += buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, matrix.ElementCount - first));
                matrix.CopyTo(first, chunk);
                read(chunk);
            }

            matrix.Release();
        }
    }

    private delegate void ChunkReader(ReadOnlySpan<float> chunk);
}
