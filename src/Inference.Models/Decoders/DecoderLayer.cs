using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>Weights of one block of a Llama-shaped decoder. Projections that read the same input are packed as one matrix.</summary>
internal sealed class DecoderLayer : IDisposable
{
    /// <summary>Weight of the norm before attention, [width].</summary>
    public required Buffer<float> AttentionNorm { get; init; }

    /// <summary>q, k and v, [(heads + 2 kvHeads) × headDim, width].</summary>
    public required PackedMatrix QueryKeyValue { get; init; }

    /// <summary>Biases of q, k and v (Qwen2), or null.</summary>
    public required Buffer<float>? QueryKeyValueBias { get; init; }

    /// <summary>Attention output, [width, heads × headDim].</summary>
    public required PackedMatrix Output { get; init; }

    /// <summary>Bias of the attention output, or null.</summary>
    public required Buffer<float>? OutputBias { get; init; }

    /// <summary>Weight of the norm before the feed-forward, [width].</summary>
    public required Buffer<float> FeedForwardNorm { get; init; }

    /// <summary>gate and up, [2 × intermediate, width].</summary>
    public required PackedMatrix GateUp { get; init; }

    /// <summary>Biases of gate and up, or null.</summary>
    public required Buffer<float>? GateUpBias { get; init; }

    /// <summary>down, [width, intermediate].</summary>
    public required PackedMatrix Down { get; init; }

    /// <summary>Bias of down, or null.</summary>
    public required Buffer<float>? DownBias { get; init; }

    /// <summary>Bytes of the packed matrices.</summary>
    public long Bytes => QueryKeyValue.Bytes + Output.Bytes + GateUp.Bytes + Down.Bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        AttentionNorm.Dispose();
        QueryKeyValue.Dispose();
        QueryKeyValueBias?.Dispose();
        Output.Dispose();
        OutputBias?.Dispose();
        FeedForwardNorm.Dispose();
        GateUp.Dispose();
        GateUpBias?.Dispose();
        Down.Dispose();
        DownBias?.Dispose();
    }
}
