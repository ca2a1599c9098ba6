using Inference.Engine;

namespace Inference.Cli.Tracing;

/// <summary>A finished trace.</summary>
internal sealed record TraceResult
{
    /// <summary>The prompt, images expanded, [n].</summary>
    public required int[] InputIds { get; init; }

    /// <summary>The images, in the order of the prompt.</summary>
    public required IReadOnlyList<TraceImage> Images { get; init; }

    /// <summary>Whether the processor cuts images into tiles (LLaVA-NeXT).</summary>
    public required bool HasTiles { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the vocabulary matrix.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Every number of the request.</summary>
    public required TraceRecorder Recorded { get; init; }

    /// <summary>The tokens that came out, [m].</summary>
    public required IReadOnlyList<int> Generated { get; init; }

    /// <summary>Their text.</summary>
    public required string Text { get; init; }

    /// <summary>Tokens and timings.</summary>
    public required GenerationResult Result { get; init; }
}
