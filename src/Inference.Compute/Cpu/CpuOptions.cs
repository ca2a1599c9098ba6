namespace Inference.Compute.Cpu;

/// <summary>How a <see cref="CpuBackend"/> runs.</summary>
public sealed record CpuOptions
{
    /// <summary>Threads that share the work, the calling one included. 0: one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Overrides the choice of vector registers. Wider ones than the processor has run in software: correct, slow.</summary>
    public VectorWidth? VectorWidth { get; init; }
}
