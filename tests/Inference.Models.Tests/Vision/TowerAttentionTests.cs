using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Vision;

namespace Inference.Models.Tests.Vision;

/// <summary>Attention received in a block of a tower of random weights, against its definition in double.</summary>
public sealed class TowerAttentionTests
{
    private const int Width = 24, Heads = 3, Epsilon = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_token_is_scored_by_what_it_receives(bool classToken)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        var shape = new VisionShape
        {
            Width = Width, Intermediate = 8, Heads = Heads, NormEpsilon = Epsilon, Activation = Activation.Gelu, ImageSize = 12,
            PatchSize = 3, ClassToken = classToken,
        };
        var random = new Random(classToken ? 1 : 2);
        var (norm, shift) = (Numbers(random, Width), Numbers(random, Width));
        var (weight, bias, hidden) =
            (Numbers(random, 3 * Width * Width), Numbers(random, 3 * Width), Numbers(random, shape.Tokens * Width));
        using var tower = Tower(backend, shape, norm, shift, weight, bias);
        using var workspace = new Workspace(backend, tower.AttentionWorkspaceLength);
        using var rows = backend.Allocate<float>(hidden.Length);
        backend.Upload<float>(hidden, rows);
        var scores = new float[shape.Tokens];
        tower.AttentionReceived(0, new Matrix(rows, shape.Tokens, Width), workspace, scores);

        var expected = Received(shape, norm, shift, weight, bias, hidden);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(1, scores.Sum(), 1e-5);
    }

    private static double[] Received(VisionShape shape, float[] norm, float[] shift, float[] weight, float[] bias, float[] hidden)
    {
        var normed = Enumerable.Range(0, shape.Tokens).Select(token =>
        {
            double[] row = [.. hidden.Skip(token * Width).Take(Width)];
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + Epsilon);
            return row.Select((x, i) => ((x - mean) / deviation * norm[i]) + shift[i]).ToArray();
        }).ToArray();
        double Project(int token, int output) =>
            bias[output] + Enumerable.Range(0, Width).Sum(i => normed[token][i] * weight[(output * Width) + i]);

        var queries = shape.ClassToken ? 1 : shape.Tokens;
        var received = new double[shape.Tokens];
        for (var query = 0; query < queries; query++)
        {
            for (var head = 0; head < Heads; head++)
            {
                var dims = Enumerable.Range(head * shape.HeadDim, shape.HeadDim);
                double[] powers = [.. Enumerable.Range(0, shape.Tokens).Select(
                    key => Math.Exp(dims.Sum(d => Project(query, d) * Project(key, Width + d)) / Math.Sqrt(shape.HeadDim)))];
                for (var key = 0; key < shape.Tokens; key++)
                {
                    received[key] += powers[key] / powers.Sum() / Heads / queries;
                }
            }
        }

        return received;
    }

    private static VisionTower Tower(CpuBackend backend, VisionShape shape, float[] norm, float[] shift, float[] weight, float[] bias)
    {
        Linear Of(float[] values, int outputs, float[]? addend = null) =>
            new(Pack(backend, values, outputs), addend is null ? null : Upload(backend, addend));
        LayerNormWeights Norm() => new(Upload(backend, norm), Upload(backend, shift));
        var layer = new VisionLayer
        {
            AttentionNorm = Norm(), QueryKeyValue = Of(weight, 3 * Width, bias), Output = Of(new float[Width * Width], Width),
            FeedForwardNorm = Norm(), Up = Of(new float[8 * Width], 8), Down = Of(new float[Width * 8], Width),
        };
        Matrix Rows(int count) => new(backend.Allocate<float>(count * Width), count, Width);
        return new VisionTower(
            backend, shape, Of(new float[Width * shape.PatchLength], Width), shape.ClassToken ? Rows(1) : null, Rows(shape.Tokens),
            preNorm: null, [layer]);
    }

    private static unsafe PackedMatrix Pack(CpuBackend backend, float[] values, int outputs)
    {
        fixed (float* address = values)
        {
            return backend.Pack([new WeightSource((nint)address, NumberFormat.F32, outputs, values.Length / outputs)], NumberFormat.F32);
        }
    }

    private static Buffer<float> Upload(CpuBackend backend, float[] values)
    {
        var buffer = backend.Allocate<float>(values.Length);
        backend.Upload<float>(values, buffer);
        return buffer;
    }

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
