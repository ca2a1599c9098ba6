using Inference.Decoding.Sampling;
using Inference.Grounding.Evaluation.Degrading;

namespace Inference.Grounding.Probes.Collection;

/// <summary>How answers are collected.</summary>
public sealed record CollectionOptions
{
    /// <summary>Hidden states to keep, ascending.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>Settings of the answers; every answer draws with a seed of its own, counted up from <see cref="Seed"/>.</summary>
    public required SamplingParameters Sampling { get; init; }

    /// <summary>First seed, of answers and of noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>Answers to each question. The same answer to the same question is kept once.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Asks for a caption of each scene.</summary>
    public bool AsksCaption { get; init; } = true;

    /// <summary>Asks for a detailed description of each object's region.</summary>
    public bool AsksDetail { get; init; }

    /// <summary>What is done to the images, one after the other.</summary>
    public IReadOnlyList<Degradation> Degradations { get; init; } = [];

    /// <summary>The evenly spread layers that research starts from: L/4, L/2, 5L/8, 3L/4, 7L/8 and the last.</summary>
    public static IReadOnlyList<int> UsualLayers(int layers) =>
        [.. new[] { layers / 4, layers / 2, layers * 5 / 8, layers * 3 / 4, layers * 7 / 8, layers }.Distinct()];
}
