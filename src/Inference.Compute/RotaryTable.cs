namespace Inference.Compute;

/// <summary>Cosines and sines of rotary position embedding: two matrices [positions, headDim / 2].</summary>
public sealed class RotaryTable(Buffer<float> cosines, Buffer<float> sines, int positions, int halfDim) : IDisposable
{
    /// <summary>cos(position × frequency), [positions, headDim / 2].</summary>
    public Buffer<float> Cosines { get; } = cosines;

    /// <summary>sin(position × frequency), [positions, headDim / 2].</summary>
    public Buffer<float> Sines { get; } = sines;

    /// <summary>Number of positions tabulated.</summary>
    public int Positions { get; } = positions;

    /// <summary>Half the head width.</summary>
    public int HalfDim { get; } = halfDim;

    /// <inheritdoc/>
    public void Dispose()
    {
        Cosines.Dispose();
        Sines.Dispose();
    }
}
