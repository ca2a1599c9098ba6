using Inference.Compute;

namespace Inference.Models.Vision;

/// <summary>Weights of one pre-norm encoder block.</summary>
internal sealed class VisionLayer : IDisposable
{
    public required LayerNormWeights AttentionNorm { get; init; }

    /// <summary>q, k and v, [3 × width, width].</summary>
    public required Linear QueryKeyValue { get; init; }

    public required Linear Output { get; init; }

    public required LayerNormWeights FeedForwardNorm { get; init; }

    public required Linear Up { get; init; }

    public required Linear Down { get; init; }

    public void Dispose()
    {
        AttentionNorm.Dispose();
        QueryKeyValue.Dispose();
        Output.Dispose();
        FeedForwardNorm.Dispose();
        Up.Dispose();
        Down.Dispose();
    }
}

/// <summary>A matrix and its bias, if any.</summary>
internal sealed record Linear(PackedMatrix Weight, Buffer<float>? Bias) : IDisposable
{
    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
    }
}

/// <summary>Scale and shift of a layer norm.</summary>
internal sealed record LayerNormWeights(Buffer<float> Weight, Buffer<float> Bias) : IDisposable
{
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
