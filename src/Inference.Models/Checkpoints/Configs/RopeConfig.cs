using Inference.Compute;

namespace Inference.Models.Checkpoints;

/// <summary>How rotary frequencies are derived from theta.</summary>
public enum RopeKind
{
    /// <summary>theta^(-2i/d).</summary>
    Default,

    /// <summary>All frequencies divided by <see cref="RopeConfig.Factor"/>.</summary>
    Linear,

    /// <summary>Llama 3.1: long wavelengths divided by the factor, short ones kept, a smooth passage between.</summary>
    Llama3,

    /// <summary>Every frequency divided by a number of its own, as GGUF files write Llama 3.1's rule.</summary>
    Divisors,
}

/// <summary>Rotary position embedding. Fields hold values only where <see cref="Kind"/> uses them.</summary>
public sealed record RopeConfig
{
    public required double Theta { get; init; }

    public RopeKind Kind { get; init; }

    /// <summary>Divisors: one per frequency, [headDim / 2].</summary>
    public IReadOnlyList<float> Divisors { get; init; } = [];

    /// <summary>Linear and Llama3.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Llama3: wavelengths above original / low are divided by the factor.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>Llama3: wavelengths below original / high are kept.</summary>
    public double HighFreqFactor { get; init; } = 1;

    /// <summary>
    /// What the frequencies are rounded to. transformers keeps them in float32 when it loads a checkpoint, but a model cast as a whole
    /// (<c>model.to(torch.bfloat16)</c>) has its frequencies cast with it, and was evaluated so.
    /// </summary>
    public NumberFormat FrequencyFormat { get; init; }

    /// <summary>Llama3: context length of pre-training.</summary>
    public double OriginalMaxPositionEmbeddings { get; init; }
}
