namespace Inference.Compute.Cpu;

/// <summary>How a <see cref="CpuBackend"/> runs.</summary>
public sealed record CpuOptions
{
    /// <summary>Threads that share the work, the calling one included. 0: one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Overrides the choice of vector registers. Wider ones than the processor has run in software: correct, slow.</summary>
    public VectorWidth? VectorWidth { get; init; }

    /// <summary>
    /// Whether kernels are assembled for instructions of the processor that .NET has no intrinsics for: the 8-bit products of AVX512_VNNI,
    /// on Linux. Results have the same bits without them.
    /// </summary>
    public bool AssembledKernels { get; init; } = true;
}
