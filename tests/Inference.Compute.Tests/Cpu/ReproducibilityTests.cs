using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class ReproducibilityTests
{
    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Vector128)]
    [InlineData(VectorWidth.Vector256)]
    [InlineData(VectorWidth.Vector512)]
    public void A_block_of_operations_has_the_same_bits_on_every_machine(VectorWidth width)
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2, VectorWidth = width });
        using var scene = new AttentionScene(backend, 4, 2, 24, [70], seed: 3);
        using var weights = new TestWeights(backend, 100, 96, NumberFormat.BF16, NumberFormat.BF16, seed: 4);
        using var scale = backend.Allocate<float>(100);
        backend.Upload<float>(Numbers.Random(100, seed: 5), scale);
        using var x = new TestMatrix(backend, 70, 96, scene.Causal(chunk: 70));
        using var y = new TestMatrix(backend, 70, 100, seed: 6);
        backend.RmsNorm(x.Matrix, scale, 1e-5f, x.Matrix);
        backend.MatMul(x.Matrix, weights.Packed, y.Matrix, scale);
        backend.LayerNorm(y.Matrix, scale, scale, 1e-5f, y.Matrix);
        backend.Activate(y.Matrix, Activation.Gelu);
        backend.ActivateGated(y.Matrix, y.Matrix, Activation.Silu, y.Matrix);
        backend.Softmax(y.Matrix);
        var digest = SHA256.HashData(MemoryMarshal.AsBytes<float>(y.Download()));
        Assert.Equal("E325786DAD382268", Convert.ToHexString(digest, 0, 8));
    }
}
