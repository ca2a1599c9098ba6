using Inference.Models.Decoders;

namespace Inference.Cli.Benchmarks;

/// <summary>What was measured; medians.</summary>
internal sealed record BenchResult
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>What ran it.</summary>
    public required string Backend { get; init; }

    /// <summary>Sizes of the decoder.</summary>
    public required DecoderShape Shape { get; init; }

    /// <summary>Bytes of weights that one decode step reads.</summary>
    public required long DecodeBytes { get; init; }

    /// <summary>Bytes of all decoder weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Prompt tokens a second of one request.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Generated tokens a second of one request.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Generated tokens a second of <see cref="BenchRun.Batch"/> requests together.</summary>
    public required double BatchDecodeTokensPerSecond { get; init; }

    /// <summary>Bytes a second of reading memory front to back.</summary>
    public required double MemoryBandwidth { get; init; }

    /// <summary>Multiply-adds a second times two, without memory.</summary>
    public required double PeakFlops { get; init; }

    /// <summary>Time to encode one image; null for a text model.</summary>
    public required TimeSpan? ImageEncode { get; init; }

    /// <summary>Share of the memory bandwidth that reading the weights in decode takes. Above 1 where weights stay in the cache.</summary>
    public double BandwidthShare => DecodeBytes * DecodeTokensPerSecond / MemoryBandwidth;

    /// <summary>Share of the peak that the matrix products of prefill take; attention is not counted.</summary>
    public double ComputeShare => 2 * MatrixWeights * PrefillTokensPerSecond / PeakFlops;

    // Prefill multiplies every row with every block, and the last row alone with the vocabulary.
    private double MatrixWeights => (double)Shape.Layers
        * (((long)Shape.QueryKeyValueWidth + Shape.QueryWidth + (3L * Shape.Intermediate)) * Shape.Width);
}
