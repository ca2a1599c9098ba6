using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

/// <summary>The vector widths under test; those the processor lacks run in software and must agree all the same.</summary>
internal static class Widths
{
    public static IReadOnlyList<VectorWidth> All { get; } = [VectorWidth.Vector128, VectorWidth.Vector256, VectorWidth.Vector512];

    public static TheoryData<VectorWidth> Data => new(All);
}
