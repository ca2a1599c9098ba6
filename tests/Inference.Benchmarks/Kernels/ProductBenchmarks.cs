using BenchmarkDotNet.Attributes;
using Inference.Compute;
using Inference.Compute.Cpu;

namespace Inference.Benchmarks.Kernels;

/// <summary>Products [rows, 2048] × [2048, 5632], over matrices that no cache holds together.</summary>
[Config(typeof(RooflineConfig))]
public class ProductBenchmarks : IRoofed, IDisposable
{
    private const int Inputs = 2048;
    private const int Outputs = 5632;
    private const long Bytes = 256L << 20;
    private readonly List<PackedMatrix> _weights = [];
    private CpuBackend _backend = null!;
    private Matrix _x;
    private Matrix _y;
    private int _turn;

    [Params(NumberFormat.F32, NumberFormat.BF16, NumberFormat.Int8, NumberFormat.Int4)]
    public NumberFormat Format { get; set; }

    [Params(1, 4, 64, 512)]
    public int Rows { get; set; }

    /// <inheritdoc/>
    public double Operations => 2.0 * Rows * Inputs * Outputs;

    /// <inheritdoc/>
    public double BytesRead =>
        Format.IsQuantized()
            ? Outputs * (Inputs / 32) * ((Format == NumberFormat.Int8 ? 32 : 16) + 2)
            : (double)Outputs * Inputs * Format.Bytes();

    [GlobalSetup]
    public void SetUp()
    {
        _backend = new CpuBackend(new CpuOptions());
        do
        {
            _weights.Add(Operands.Weights(_backend, Outputs, Inputs, Format));
        }
        while (_weights.Count * _weights[0].Bytes < Bytes);
        (_x, _y) = (Operands.Random(_backend, Rows, Inputs), Operands.Random(_backend, Rows, Outputs));
    }

    [Benchmark]
    public void MatMul() => _backend.MatMul(_x, _weights[_turn++ % _weights.Count], _y);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _weights.ForEach(matrix => matrix.Dispose());
        _weights.Clear();
        _x.Buffer.Dispose();
        _y.Buffer.Dispose();
        _backend.Dispose();
        GC.SuppressFinalize(this);
    }
}
