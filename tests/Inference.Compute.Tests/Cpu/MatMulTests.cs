using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class MatMulTests
{
    [Fact]
    public void A_product_follows_the_definition()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var x = new TestMatrix(backend, 3, 33, seed: 1);
        using var w = new TestWeights(backend, 65, 33, NumberFormat.F32, NumberFormat.F32, seed: 2);
        using var y = new TestMatrix(backend, 3, 65, seed: 3);
        backend.MatMul(x.Matrix, w.Packed, y.Matrix);
        var found = y.Download();
        for (var row = 0; row < 3; row++)
        {
            for (var output = 0; output < 65; output++)
            {
                var sum = 0.0;
                for (var k = 0; k < 33; k++)
                    sum += (double)x.Values[(row * 33) + k] * w.Values[(output * 33) + k];
                Assert.Equal(sum, found[(row * 65) + output], 1e-5);
            }
        }
    }
}
